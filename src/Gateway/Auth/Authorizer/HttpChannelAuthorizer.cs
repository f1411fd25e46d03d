using System.Collections.Concurrent;
using Gateway.Core.Access;
using Gateway.Core.Telemetry;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Gateway.Auth.Authorizer;

/// <summary>
/// Asks the backend over HTTP: what it has said is remembered, the same question is under way once, so many are at once, in fair shares, each
/// takes so long from when it is sent, and a backend that fails is left alone for a while instead of being asked by everybody. Waiting for a
/// place of one's own is no failure of the backend: it opens no circuit, and lets nobody in.
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

    // What is over takes room until then, and nothing else.
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromSeconds(30);

    private static readonly AuthorizerVerdict NoPlace =
        new(AccessResult.Unavailable, "Too many questions wait for the backend's answer; ask fewer at once, and try again in a moment.", FailsClosed: true);

    private readonly AuthorizerOptions _options;
    private readonly AuthorizerClient _client;
    private readonly VerdictCache _cache;
    private readonly ConcurrentDictionary<AuthorizerKey, Lazy<Task<AuthorizerVerdict>>> _underWay = new();
    private readonly AskingPlaces _places;
    private readonly Refusals _refusals;
    private readonly ITimer _prune;
    private readonly ResiliencePipeline _guard;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly AuthorizerWatch _watch;

    public HttpChannelAuthorizer(AuthorizerOptions options, string node, GatewayMetrics metrics, TimeProvider time, ILogger<HttpChannelAuthorizer> log)
    {
        (_options, _metrics, _time) = (options, metrics, time);
        _client = new AuthorizerClient(options, node);
        _cache = new VerdictCache(options.CacheSize, time);
        _places = new AskingPlaces(options, time);
        _refusals = new Refusals(options.MaxRefusals, options.RefusalMemory, time);
        _watch = new AuthorizerWatch(options.Uri, metrics, time, log);
        _prune = time.CreateTimer(_ => Prune(), null, PrunePeriod, PrunePeriod);
        // The clock is inside the breaker, so that a question that takes too long counts, and inside the place, so that one that waits does not.
        _guard = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = FailureRatio,
                MinimumThroughput = MinimumThroughput,
                SamplingDuration = Sampling,
                BreakDuration = Break,
                ShouldHandle = static outcome => new(outcome.Outcome.Exception is { } fault && !IsAboutTheQuestion(fault)),
                OnOpened = _ => _watch.OnCutOff(true),
                OnClosed = _ => _watch.OnCutOff(false),
            })
            .AddTimeout(options.Timeout)
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
        _prune.Dispose();
        _client.Dispose();
        _places.Dispose();
    }

    /// <summary>
    /// An answer of the kind "this question is no good" (RFC 9110 §15.5), but for those that speak of time and load: the backend is there. A
    /// client that finds a name for which it answers so must neither cut off the others nor be let in because the backend "fails".
    /// </summary>
    private static bool IsAboutTheQuestion(Exception fault) => fault is HttpRequestException { StatusCode: { } status }
        && (int)status is >= 400 and < 500 and not (408 or 425 or 429);

    private async Task<AuthorizerVerdict> AskOnceAsync(AuthorizerKey key, AuthorizerQuestion question)
    {
        // Off the receive path, which nothing may hold up.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var place = await _places.TakeAsync(question.Asker, question.Connection);
            if (place is null)
            {
                _watch.OnNoPlace();
                return NoPlace;
            }

            return Remember(key, question, await _guard.ExecuteAsync(async stop => await SendAsync(question, stop), CancellationToken.None));
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or BrokenCircuitException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            _watch.OnFailure(e);
            return IsAboutTheQuestion(e) ? new AuthorizerVerdict(AccessResult.Unavailable, "", FailsClosed: true) : _refusals.WhileAway(question);
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }
    }

    private async Task<AuthorizerResponse> SendAsync(AuthorizerQuestion question, CancellationToken stop)
    {
        var start = _time.GetTimestamp();
        var answer = await _client.AskAsync(question, stop);
        _metrics.AuthorizerDuration.Record(_time.GetElapsedTime(start).TotalSeconds);
        return answer;
    }

    private AuthorizerVerdict Remember(AuthorizerKey key, AuthorizerQuestion question, AuthorizerResponse answer)
    {
        var verdict = new AuthorizerVerdict(answer.Allow == true ? AccessResult.Allowed : AccessResult.Forbidden, Line(answer.Reason));
        var ttl = Ttl(answer.Ttl);
        _cache.Add(question.Asker, key, verdict, ttl);
        _refusals.OnVerdict(question, verdict, ttl);
        _watch.OnAnswer(verdict.Result == AccessResult.Allowed);
        return verdict;
    }

    private void Prune()
    {
        _cache.Prune();
        _refusals.Prune();
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
