using System.Collections.Concurrent;
using Gateway.Core.Access;
using Gateway.Core.Telemetry;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Gateway.Auth.Authorizer;

/// <summary>
/// Asks the backend over HTTP: what it has said is remembered, the same question is under way once, so many are at once, each takes so
/// long, and a backend that fails is left alone for a while instead of being asked by everybody.
/// </summary>
internal sealed class HttpChannelAuthorizer : IChannelAuthorizer, IDisposable
{
    // Half of ten in ten seconds: a single slow answer is nothing, and a dead backend is noticed within its first dozen. Two seconds are
    // short enough for clients that come back with a second's delay.
    private const double FailureRatio = 0.5;
    private const int MinimumThroughput = 10;
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(2);

    // What a client can read in a line.
    private const int MaxReason = 200;
    private static readonly TimeSpan MaxTtl = TimeSpan.FromDays(1);

    private readonly AuthorizerOptions _options;
    private readonly AuthorizerClient _client;
    private readonly VerdictCache _cache;
    private readonly ConcurrentDictionary<AuthorizerKey, Lazy<Task<AuthorizerVerdict>>> _underWay = new();
    private readonly SemaphoreSlim _places;
    private readonly ResiliencePipeline _inTime;
    private readonly ResiliencePipeline _breaker;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly AuthorizerWatch _watch;

    public HttpChannelAuthorizer(AuthorizerOptions options, string node, GatewayMetrics metrics, TimeProvider time, ILogger<HttpChannelAuthorizer> log)
    {
        (_options, _metrics, _time) = (options, metrics, time);
        _client = new AuthorizerClient(options, node);
        _cache = new VerdictCache(options.CacheSize, time);
        _places = new SemaphoreSlim(options.MaxConcurrent);
        _watch = new AuthorizerWatch(options.Uri, metrics, time, log);
        _inTime = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.Timeout).Build();
        _breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = FailureRatio,
                MinimumThroughput = MinimumThroughput,
                SamplingDuration = Sampling,
                BreakDuration = Break,
                // A time-out among them, which comes here as a cancellation.
                ShouldHandle = static outcome => new(outcome.Outcome.Exception is not null),
                OnOpened = _ => _watch.OnCutOff(true),
                OnClosed = _ => _watch.OnCutOff(false),
            })
            .Build();
    }

    /// <inheritdoc/>
    public bool FailsOpen => _options.FailOpen;

    /// <inheritdoc/>
    public ValueTask<AuthorizerVerdict> AskAsync(AuthorizerQuestion question, CancellationToken cancellationToken)
    {
        var key = AuthorizerKey.Of(question);
        if (_cache.TryGet(key, out var remembered))
        {
            Count("hit");
            return new(remembered);
        }

        var fresh = new Lazy<Task<AuthorizerVerdict>>(() => AskOnceAsync(key, question));
        var asked = _underWay.GetOrAdd(key, fresh);
        Count(asked == fresh ? "asked" : "joined");
        // Who stops waiting does not stop it for the others.
        return new(asked.Value.WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    private async Task<AuthorizerVerdict> AskOnceAsync(AuthorizerKey key, AuthorizerQuestion question)
    {
        // Off the receive path, which nothing may hold up.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var answer = await _inTime.ExecuteAsync(async stop => await AskInPlaceAsync(question, stop), CancellationToken.None);
            var verdict = new AuthorizerVerdict(answer.Allow == true ? AccessResult.Allowed : AccessResult.Forbidden, Line(answer.Reason));
            _cache.Add(key, verdict, Ttl(answer.Ttl));
            _watch.OnAnswer(verdict.Result == AccessResult.Allowed);
            return verdict;
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or BrokenCircuitException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            _watch.OnFailure(e);
            return new AuthorizerVerdict(AccessResult.Unavailable, "");
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }
    }

    private async Task<AuthorizerResponse> AskInPlaceAsync(AuthorizerQuestion question, CancellationToken stop)
    {
        await _places.WaitAsync(stop);
        try
        {
            return await _breaker.ExecuteAsync(
                async token =>
                {
                    var start = _time.GetTimestamp();
                    var answer = await _client.AskAsync(question, token);
                    _metrics.AuthorizerDuration.Record(_time.GetElapsedTime(start).TotalSeconds);
                    return answer;
                },
                stop);
        }
        finally
        {
            _places.Release();
        }
    }

    private static TimeSpan Ttl(double? seconds) => seconds is > 0 and var given
        ? TimeSpan.FromSeconds(Math.Min(given, MaxTtl.TotalSeconds))
        : TimeSpan.Zero;

    /// <summary>It goes into a message, an HTTP answer and a log.</summary>
    private static string Line(string? reason)
    {
        var line = new string([.. (reason ?? "").Select(static letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
        return line.Length <= MaxReason ? line : line[..MaxReason];
    }

    private void Count(string result) => _metrics.AuthorizerCache.Add(1, new KeyValuePair<string, object?>("result", result));
}
