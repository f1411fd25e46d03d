using System.Text;
using Gateway.Core.Brokers;
using Gateway.Core.Telemetry;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// Watches one link while it is up. Health is what the node's message to itself says, not the library's word: it goes out by the
/// library's connection and must come back on the link.
/// </summary>
internal sealed class LinkMonitor(
    RedisOptions options,
    RedisKeys keys,
    RedisConnection connection,
    RedisPublisher publisher,
    SubscriptionTable table,
    BrokerHealth health,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger log)
{
    /// <summary>After a failed probe the next one comes sooner, so that recovery is noticed within moments.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    private readonly ChannelSample _sample = new(table);
    private volatile ProbeInFlight? _probe;
    private long _sequence;
    private bool _sampling = true;

    /// <summary>A message to the node itself came; called by the link's reader.</summary>
    public void OnProbe(ReadOnlySpan<byte> payload)
    {
        if (_probe is { } probe && payload.SequenceEqual(probe.Payload))
            probe.Arrived.TrySetResult(time.GetTimestamp());
    }

    /// <summary>Completes when the link should be given up, with the reason.</summary>
    public async Task<string> WatchAsync(SubscriberLink link, CancellationToken cancellationToken)
    {
        try
        {
            return await TickAsync(link, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A link that nobody watches is worse than one that is made again.
            return "watching it failed: " + e.Message;
        }
    }

    private async Task<string> TickAsync(SubscriberLink link, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!connection.IsCurrent(link.EndPoint))
                return "it is not the primary any more";
            var (works, reason) = await ProbeAsync(link, cancellationToken);
            if (reason is not null)
                return reason;
            if (works && _sampling)
                await SampleAsync(link, cancellationToken);
            await PauseAsync(works ? options.ProbeInterval : RetryInterval, cancellationToken);
        }
    }

    /// <summary>Whether publishing works, and why the link should be given up, if it should.</summary>
    private async Task<(bool Works, string? Loss)> ProbeAsync(SubscriberLink link, CancellationToken cancellationToken)
    {
        var barrier = new BarrierCommand();
        link.Send(barrier);
        var answered = IsAnsweredAsync(barrier.Reached, cancellationToken);
        var probe = new ProbeInFlight(Encoding.ASCII.GetBytes($"{++_sequence}"));
        _probe = probe;
        var sent = time.GetTimestamp();
        try
        {
            await publisher.ProbeAsync(keys.Probe, probe.Payload, cancellationToken);
        }
        catch (BrokerUnavailableException e)
        {
            metrics.BrokerErrors.Add(1, new KeyValuePair<string, object?>("operation", "probe"));
            publisher.Suspend(e.Message);
            if (health.PublishingFails("publishing fails: " + e.Message))
                RedisLog.PublishingFails(log, e.Message);
            // The two connections fail apart: a link that answers stays, and the publications it brings with it.
            return await answered ? (false, null) : (false, "Redis does not answer");
        }

        try
        {
            var arrived = await probe.Arrived.Task.WaitAsync(options.ProbeTimeout, time, cancellationToken);
            metrics.BrokerRoundTrip.Record(time.GetElapsedTime(sent, arrived).TotalSeconds);
        }
        catch (TimeoutException)
        {
            metrics.BrokerErrors.Add(1, new KeyValuePair<string, object?>("operation", "probe"));
            return (false, $"the node's message to itself did not come back within {options.ProbeTimeout.TotalSeconds} s");
        }

        publisher.Resume();
        if (health.PublishingWorks())
            RedisLog.PublishingWorks(log);
        return (true, null);
    }

    private async Task<bool> IsAnsweredAsync(Task<bool> reached, CancellationToken cancellationToken)
    {
        try
        {
            return await reached.WaitAsync(options.ProbeTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A single channel can die on a link that works; only the server knows.</summary>
    private async Task SampleAsync(SubscriberLink link, CancellationToken cancellationToken)
    {
        var sample = _sample.Next();
        if (sample.Length == 0)
            return;
        try
        {
            var counts = await connection.CountSubscribersAsync(link.EndPoint, [.. sample.Select(subscription => subscription.Key)])
                .WaitAsync(options.ProbeTimeout, time, cancellationToken);
            var lost = sample.Zip(counts).Where(pair => pair.Second == 0).Select(pair => pair.First).ToArray();
            var again = table.Resend(link, lost);
            if (again == 0)
                return;
            metrics.BrokerResubscriptions.Add(again);
            RedisLog.ChannelsLost(log, again, lost[0].Channel.Text);
        }
        catch (RedisServerException e)
        {
            _sampling = false;
            RedisLog.SampleFailed(log, e.Message);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ArgumentException)
        {
            // The next probe says what is wrong.
        }
    }

    /// <summary>Until the next tick, or until the library has noticed a change of servers.</summary>
    private async Task PauseAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged() => changed.TrySetResult();
        connection.Changed += OnChanged;
        try
        {
            // Nothing is thrown when the time is over, as it is at every tick of a healthy node.
            await changed.Task.WaitAsync(interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            connection.Changed -= OnChanged;
        }
    }

    private sealed class ProbeInFlight(byte[] payload)
    {
        public byte[] Payload { get; } = payload;

        /// <summary>When it came back, a timestamp.</summary>
        public TaskCompletionSource<long> Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
