using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Auth;

/// <summary>
/// The keys of a JWK Set: fetched in the background, and again when a token names a key that is not among them. There is one fetch at a time
/// and one that waits for its turn, which everybody shares: however many made-up tokens come, the issuer sees one request a cooldown, and a
/// client of a new key is not refused but waits for that one.
/// </summary>
internal sealed class JwksSource : BackgroundService
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly JwtOptions _options;
    private readonly Uri _uri;
    private readonly JwksFetcher _fetcher;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Rarely _mayLogFailure;
    private readonly CancellationTokenSource _stopping = new();
    private volatile Fetched? _fetched; // the last that succeeded
    private Task<bool>? _next; // waits for its turn; null: nobody needs one
    private Task _last = Task.CompletedTask; // in flight, or over
    private DateTimeOffset _lastBegan = DateTimeOffset.MinValue;
    private bool _isFailing;

    /// <param name="options">Where, and how often.</param>
    /// <param name="metrics">Counts fetches.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">For operators.</param>
    public JwksSource(JwtOptions options, GatewayMetrics metrics, TimeProvider time, ILogger<JwksSource> log)
    {
        (_options, _metrics, _time, _log) = (options, metrics, time, log);
        _uri = new Uri(options.JwksUri);
        _fetcher = new JwksFetcher(_uri, time);
        _mayLogFailure = new Rarely(time, LogInterval);
        metrics.Meter.CreateObservableGauge<double>("gateway.token.jwks.age", Age, "s", "Since the JWK Set was last fetched; no value before it ever was.");
    }

    /// <summary>The keys; null: none were fetched yet, or too long ago.</summary>
    public KeyRing? Keys => _fetched is { } fetched && _time.GetUtcNow() - fetched.At < _options.JwksMaxAge ? fetched.Keys : null;

    /// <summary>Completes when a fetch that began after this call is over. False: it failed.</summary>
    public Task<bool> FetchAsync()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                return Task.FromResult(false);
            return _next ??= Task.Run(FetchInTurnAsync);
        }
    }

    public override void Dispose()
    {
        lock (_gate)
            _stopping.Cancel();
        base.Dispose();
        _fetcher.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isFetched = await FetchAsync();
            // Nobody waits for a key while none is unknown: an issuer that is away is not asked more often than it need be.
            await Task.Delay(isFetched ? _options.JwksRefresh : Shorter(_options.JwksRefresh, _options.JwksCooldown * 2), _time, stoppingToken);
        }
    }

    private IEnumerable<Measurement<double>> Age() => _fetched is { } fetched ? [new((_time.GetUtcNow() - fetched.At).TotalSeconds)] : [];

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<bool> FetchInTurnAsync()
    {
        try
        {
            await _last;
            var wait = _lastBegan + _options.JwksCooldown - _time.GetUtcNow();
            if (_lastBegan != DateTimeOffset.MinValue && wait > TimeSpan.Zero)
                await Task.Delay(wait, _time, _stopping.Token);
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                // From here on a key may be newer than what this fetch brings: whoever asks now waits for another.
                _next = null;
                _last = over.Task;
                _lastBegan = _time.GetUtcNow();
            }

            try
            {
                return Take(await _fetcher.FetchAsync(_stopping.Token));
            }
            finally
            {
                over.SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            return false; // the node stops
        }
    }

    private bool Take((KeyRing? Keys, string Problem) answer)
    {
        _metrics.TokenKeyReloads.Add(1, new("source", "jwks"), new("result", answer.Keys is null ? "failed" : "loaded"));
        var now = _time.GetUtcNow();
        if (answer.Keys is null)
        {
            _isFailing = true;
            var left = _fetched is { } last ? last.At + _options.JwksMaxAge - now : TimeSpan.Zero;
            if (_mayLogFailure.Now())
                AuthLog.JwksFailed(_log, _uri, answer.Problem, Math.Max(0, left.TotalHours));
            return false;
        }

        if (_fetched is null || _fetched.Keys.Count != answer.Keys.Count)
            AuthLog.JwksFetched(_log, _uri, answer.Keys.Count);
        else if (_isFailing)
            AuthLog.JwksBack(_log, _uri);
        _isFailing = false;
        _fetched = new Fetched(answer.Keys, now);
        return true;
    }

    private sealed record Fetched(KeyRing Keys, DateTimeOffset At);
}
