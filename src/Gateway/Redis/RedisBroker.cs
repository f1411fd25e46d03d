using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;
using Polly;
using Polly.Retry;

namespace Gateway.Redis;

/// <summary>
/// Relays through Redis pub/sub. Publishing and everything else goes through StackExchange.Redis; publications come in on a link of
/// our own, because the library's subscriptions lose order or bounds (docs/decisions/0002-redis-subscriber-link.md).
/// </summary>
public sealed class RedisBroker : IBroker, INodeBus, ILinkReceiver
{
    /// <summary>Twice as many as nodes are reckoned with: some have gone, and their names are taken out a minute later.</summary>
    private const int MostNodes = 2000;

    private readonly RedisOptions _options;
    private readonly RedisKeys _keys;
    private readonly RedisConnection _connection;
    private readonly RedisPublisher _publisher;
    private readonly SubscriptionTable _table;
    private readonly LinkMonitor _monitor;
    private readonly SubscriberSupervisor _supervisor;
    private readonly BrokerHealth _health;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly int _maxPublicationBytes;
    private readonly Rarely _logTooLarge;
    private readonly Rarely _logRefused;
    private readonly Rarely _logSinkFailed;
    private readonly CancellationTokenSource _stopping = new();
    private IBrokerSink? _sink;
    private Task _running = Task.CompletedTask;

    /// <param name="options">The section <c>Gateway:Redis</c>, validated, its configuration not empty.</param>
    /// <param name="nodeName">Unique among the nodes: it names the node's own channel.</param>
    /// <param name="maxPublicationBytes">A larger payload from Redis is skipped and counted.</param>
    /// <param name="metrics">The node's instruments.</param>
    /// <param name="time">The node's clock.</param>
    /// <param name="log">For operators.</param>
    public RedisBroker(
        RedisOptions options, string nodeName, int maxPublicationBytes, GatewayMetrics metrics, TimeProvider time, ILogger<RedisBroker> log)
    {
        _options = options;
        _maxPublicationBytes = maxPublicationBytes;
        _metrics = metrics;
        _time = time;
        _log = log;
        _logTooLarge = new Rarely(time, TimeSpan.FromSeconds(10));
        _logRefused = new Rarely(time, TimeSpan.FromSeconds(10));
        _logSinkFailed = new Rarely(time, TimeSpan.FromSeconds(10));

        var tls = new RedisTls(options, RedisConnectionString.Parse(options.Configuration));
        _keys = new RedisKeys(options.Prefix, nodeName);
        _health = new BrokerHealth(time, options.UnreadyAfter);
        _connection = new RedisConnection(options, nodeName, tls, time, log);
        _publisher = new RedisPublisher(_connection, options, metrics, time);
        metrics.Meter.CreateObservableGauge("gateway.broker.publishes.in_flight", () => _publisher.InFlight, "{publication}", "Publications that Redis has not answered.");
        var clock = new RedisClock(time, log);
        metrics.Meter.CreateObservableGauge("gateway.redis.clock.offset", () => clock.Offset.TotalSeconds, "s", "This node's clock less Redis's, when it was last compared; positive: ahead.");
        Announcements = new RedisRecords(_connection, _keys.Announcements, MostNodes, options, clock, time);
        Revocations = new RedisRecords(_connection, _keys.Revocations, int.MaxValue, options, clock, time);
        _table = new SubscriptionTable(_keys, OnRefused);
        _monitor = new LinkMonitor(options, _keys, _connection, _publisher, _table, _health, metrics, time, log);
        var connector = new SubscriberConnector(_connection.Configuration, tls, _keys, this, time);
        _supervisor = new SubscriberSupervisor(options, _connection, connector, _table, _monitor, _health, metrics, time, log, OnGap);
    }

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public INodeBus Bus => this;

    /// <inheritdoc/>
    public IKeptRecords Announcements { get; }

    /// <inheritdoc/>
    public IKeptRecords Revocations { get; }

    /// <inheritdoc/>
    public BrokerStatus Status => _health.Status;

    /// <inheritdoc/>
    public Task StartAsync(IBrokerSink sink, CancellationToken cancellationToken)
    {
        _sink = sink;
        _running = Task.WhenAll(
            Task.Run(() => ConnectLibraryAsync(_stopping.Token), CancellationToken.None),
            Task.Run(() => _supervisor.RunAsync(_stopping.Token), CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask SubscribeAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        var subscription = _table.Add(channel);
        try
        {
            await subscription.Confirmed.WaitAsync(_options.SubscribeTimeout, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            _table.Remove(subscription);
            CountSubscribeError();
            throw new BrokerUnavailableException(
                $"Redis did not confirm the subscription within {_options.SubscribeTimeout.TotalSeconds} s", BrokerOutcome.NotDone, e);
        }
        catch (OperationCanceledException)
        {
            _table.Remove(subscription);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        // No deadline of its own: a link that does not answer is given up by the probe, and that ends the channel as well.
        return new ValueTask(_table.RemoveAsync(channel).WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(_keys.Channel(channel), message, "publish", cancellationToken);

    ValueTask INodeBus.SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(_keys.Envelopes, json, "envelope", cancellationToken);

    ValueTask INodeBus.ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(_keys.ReplyTo(node), json, "reply", cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Asked for.
        }

        foreach (var subscription in _table.Snapshot())
            subscription.Fail(new BrokerUnavailableException("The node stops", BrokerOutcome.NotDone));
        await _connection.DisposeAsync();
        _stopping.Dispose();
    }

    int ILinkReceiver.MaxPayload(ReadOnlySpan<byte> key) => BoundOf(_keys.Classify(key, out _));

    void ILinkReceiver.OnMessage(ReadOnlySpan<byte> key, ReadOnlySpan<byte> payload)
    {
        try
        {
            switch (_keys.Classify(key, out var channel))
            {
                case RedisKeyKind.Channel when payload.Length - PublicationHeader.LengthOf(payload) > _maxPublicationBytes:
                    OnTooLarge(RedisKeyKind.Channel, channel, payload.Length);
                    break;
                case RedisKeyKind.Channel:
                    _sink!.OnPublication(channel, payload);
                    break;
                case RedisKeyKind.Envelope:
                    _sink!.OnEnvelope(payload);
                    break;
                case RedisKeyKind.Probe:
                    _monitor.OnProbe(payload);
                    break;
                case RedisKeyKind.Reply:
                    _sink!.OnReply(payload);
                    break;
            }
        }
        catch (Exception e)
        {
            // One message that the node cannot take must not cost it the link, and every other channel a gap.
            if (_logSinkFailed.Now())
                RedisLog.SinkFailed(_log, e);
        }
    }

    void ILinkReceiver.OnTooLarge(ReadOnlySpan<byte> key, long payloadLength) => OnTooLarge(_keys.Classify(key, out var channel), channel, payloadLength);

    private void OnTooLarge(RedisKeyKind kind, ReadOnlySpan<byte> channel, long payloadLength)
    {
        _metrics.PublicationTooLarge();
        if (kind == RedisKeyKind.Channel)
            _sink!.OnTooLarge(channel);
        if (!_logTooLarge.Now())
            return;
        var (what, advice) = kind switch
        {
            RedisKeyKind.Channel => ("A publication", "Publish less at once, or raise Gateway:Limits:MaxPublicationBytes on every node"),
            RedisKeyKind.Envelope => ("An envelope", "Publish less at once, or raise Gateway:Limits:MaxPublicationBytes on every node: envelopes may have twice that and 64 KiB"),
            RedisKeyKind.Reply => ("A node's answer", "No node sends such a one: see who else writes in Redis, or whether the nodes are of different versions"),
            _ => ("A message", "No node sends such a one: see who else writes in Redis"),
        };
        RedisLog.TooLarge(_log, what, payloadLength, kind == RedisKeyKind.Channel ? _maxPublicationBytes : BoundOf(kind), advice);
    }

    /// <summary>The largest payload that is taken, in bytes.</summary>
    private int BoundOf(RedisKeyKind kind) => kind switch
    {
        // An envelope carries a payload as JSON: base64 takes a third more, escapes a little; the fields around it fit in the rest.
        RedisKeyKind.Envelope => (int)Math.Min(Array.MaxLength / 2, (2L * _maxPublicationBytes) + (64 * 1024)),
        RedisKeyKind.Reply => NodeAnswer.MaxBytes,
        RedisKeyKind.Channel => (int)Math.Min(Array.MaxLength, (long)_maxPublicationBytes + PublicationHeader.MaxBytes),
        _ => _maxPublicationBytes,
    };

    private void OnGap(TimeSpan gap)
    {
        try
        {
            _sink!.OnGap(gap);
        }
        catch (Exception e)
        {
            RedisLog.SinkFailed(_log, e);
        }
    }

    private void OnRefused(Subscription subscription, string error)
    {
        CountSubscribeError();
        if (_logRefused.Now())
            RedisLog.SubscriptionRefused(_log, subscription.Channel.Text, error);
    }

    private void CountSubscribeError() =>
        _metrics.BrokerErrors.Add(1, new KeyValuePair<string, object?>("operation", "subscribe"));

    /// <summary>The library itself goes on trying, except where Sentinels do not answer.</summary>
    private async Task ConnectLibraryAsync(CancellationToken cancellationToken)
    {
        var attempt = 0;
        var logFailure = new Rarely(_time, TimeSpan.FromSeconds(10));
        var untilConnected = new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<StackExchange.Redis.RedisException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
                OnRetry = arguments =>
                {
                    attempt++;
                    if (logFailure.Now())
                        RedisLog.ConnectionFailed(_log, arguments.Outcome.Exception!.Message, attempt);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        await untilConnected.ExecuteAsync(_ => new ValueTask(_connection.ConnectAsync()), cancellationToken);
    }
}
