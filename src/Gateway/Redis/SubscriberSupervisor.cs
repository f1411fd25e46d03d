using Gateway.Core.Telemetry;
using Polly;
using Polly.Retry;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// Keeps a link up: connects, restores the subscriptions, watches, and begins again. It is the only one that restores subscriptions
/// after a loss; with two, the same message arrives twice.
/// </summary>
internal sealed class SubscriberSupervisor
{
    // Between two attempts, and after a link that lived no longer.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly RedisOptions _options;
    private readonly RedisConnection _connection;
    private readonly SubscriberConnector _connector;
    private readonly SubscriptionTable _table;
    private readonly LinkMonitor _monitor;
    private readonly BrokerHealth _health;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<TimeSpan> _onGap;
    private readonly Rarely _logFailure;
    private readonly ResiliencePipeline _untilConnected;
    private long? _downSince; // a timestamp; null before the first link and while one is up
    private int _attempt;

    public SubscriberSupervisor(
        RedisOptions options,
        RedisConnection connection,
        SubscriberConnector connector,
        SubscriptionTable table,
        LinkMonitor monitor,
        BrokerHealth health,
        GatewayMetrics metrics,
        TimeProvider time,
        ILogger log,
        Action<TimeSpan> onGap)
    {
        _options = options;
        _connection = connection;
        _connector = connector;
        _table = table;
        _monitor = monitor;
        _health = health;
        _metrics = metrics;
        _time = time;
        _log = log;
        _onGap = onGap;
        _logFailure = new Rarely(time, TimeSpan.FromSeconds(10));
        _untilConnected = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<LinkException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true, // many nodes lose the same Redis at the same moment
                Delay = TimeSpan.FromMilliseconds(50),
                MaxDelay = LongestPause,
            })
            .Build();
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _attempt = 0;
            var link = await _untilConnected.ExecuteAsync(ConnectAsync, cancellationToken);
            var upSince = _time.GetTimestamp();
            string reason;
            try
            {
                reason = await ServeAsync(link, cancellationToken);
            }
            finally
            {
                _table.Detach();
                link.Abort("the node stops");
                await link.Completion;
            }

            _health.LinkFails(reason);
            RedisLog.LinkLost(_log, EndPointCollection.ToString(link.EndPoint), reason);
            // A Redis that takes the link and drops it again would otherwise be asked for all channels again and again, without a pause.
            if (_time.GetElapsedTime(upSince) < LongestPause)
                await Task.Delay(Random.Shared.NextDouble() * LongestPause, _time, cancellationToken);
        }
    }

    private async ValueTask<SubscriberLink> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            var endPoint = _connection.PickEndPoint(_attempt++)
                ?? throw new LinkException("no server is known yet, no Sentinel has answered");
            return await _connector.ConnectAsync(endPoint, cancellationToken);
        }
        catch (LinkException e)
        {
            _health.LinkFails(e.Message);
            if (_logFailure.Now())
                RedisLog.LinkFailed(_log, e.Message, _attempt);
            throw;
        }
    }

    /// <summary>A link's life; the result says why it ended.</summary>
    private async Task<string> ServeAsync(SubscriberLink link, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = _monitor.WatchAsync(link, ended.Token);
        var restore = RestoreAsync(link);
        var first = await Task.WhenAny(watch, link.Completion);
        // A link that fell silent has carried nothing since its last byte; one that was closed, until now.
        _downSince ??= first == watch && watch.IsCompletedSuccessfully ? link.LastReceived : _time.GetTimestamp();
        if (first == watch)
            link.Abort(await watch);
        await ended.CancelAsync();
        var reason = await link.Completion;
        await restore;
        await watch.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
        return reason;
    }

    /// <summary>Sends what is wanted, a batch at a time: each waits until Redis has confirmed the one before.</summary>
    private async Task RestoreAsync(SubscriberLink link)
    {
        var again = 0;
        foreach (var batch in _table.Attach(link).Chunk(_options.ResubscribeBatch))
        {
            again += _table.Resend(link, batch);
            var confirmed = new BarrierCommand();
            link.Send(confirmed);
            if (!await confirmed.Reached)
                return;
        }

        // The last mark is reached on the reader: the gap is told in order with the publications around it.
        var restored = new BarrierCommand(() => OnRestored(link, again));
        link.Send(restored);
        await restored.Reached;
    }

    private void OnRestored(SubscriberLink link, int again)
    {
        var endPoint = EndPointCollection.ToString(link.EndPoint);
        _health.LinkWorks(endPoint);
        if (_downSince is not { } since)
        {
            RedisLog.LinkUp(_log, endPoint, _table.Count);
            return;
        }

        _downSince = null;
        var gap = _time.GetElapsedTime(since);
        _metrics.BrokerGap(gap);
        _metrics.BrokerResubscriptions.Add(again);
        RedisLog.LinkBack(_log, endPoint, gap.TotalSeconds, again);
        _onGap(gap);
    }
}
