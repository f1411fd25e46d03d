using Gateway.Core.Brokers;
using Gateway.Core.Telemetry;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// Publishing, with a deadline of its own, bounded in flight. The library's time-out fires up to a second late, and a publication that
/// timed out may be delivered later all the same: hence the outcome "unknown".
/// </summary>
internal sealed class RedisPublisher(RedisConnection connection, RedisOptions options, GatewayMetrics metrics, TimeProvider time)
{
    private volatile string? _suspended;
    private int _inFlight;

    /// <summary>Publications that Redis has not answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>
    /// Redis takes connections and answers nothing: from here publications fail at once, instead of piling up behind the library for
    /// a deadline each, until the probe gets through again.
    /// </summary>
    public void Suspend(string reason) => _suspended = reason;

    public void Resume() => _suspended = null;

    /// <summary>Publishes to a channel of Redis.</summary>
    /// <param name="key">The channel's name in Redis.</param>
    /// <param name="payload">Copied before this returns.</param>
    /// <param name="operation">For the error's metric: <c>publish</c>, <c>envelope</c> or <c>reply</c>.</param>
    /// <param name="cancellationToken">Ends the wait, not the publication.</param>
    public async ValueTask PublishAsync(byte[] key, ReadOnlyMemory<byte> payload, string operation, CancellationToken cancellationToken)
    {
        try
        {
            if (_suspended is { } reason)
                throw NotDone(reason);
            if (Volatile.Read(ref _inFlight) >= options.MaxPublishesInFlight)
                throw NotDone($"{options.MaxPublishesInFlight} publications wait for Redis's answer already");
            await SendAsync(key, payload, options.PublishTimeout, cancellationToken);
        }
        catch (BrokerUnavailableException)
        {
            metrics.BrokerErrors.Add(1, new KeyValuePair<string, object?>("operation", operation));
            throw;
        }
    }

    /// <summary>The probe: asks whether publishing works, whatever is known about it.</summary>
    public ValueTask ProbeAsync(byte[] key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        SendAsync(key, payload, options.ProbeTimeout, cancellationToken);

    private async ValueTask SendAsync(byte[] key, ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (connection.Subscriber is not { } subscriber)
            throw NotDone("Redis has not been reached yet");
        // Routed by key: in a Cluster the library else takes any node for each, and two publications of a channel lose their order.
        var channel = RedisChannel.Literal(key).WithKeyRouting();
        try
        {
            // A copy: after the deadline the library may still hold the payload, and the caller reuses its buffer.
            var answer = subscriber.PublishAsync(channel, payload.ToArray(), CommandFlags.DemandMaster);
            _ = CountAsync(answer);
            await answer.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new BrokerUnavailableException($"Redis did not answer within {timeout.TotalSeconds} s", BrokerOutcome.Unknown, e);
        }
        catch (RedisServerException e)
        {
            throw new BrokerUnavailableException($"Redis refused: {e.Message}", BrokerOutcome.NotDone, e);
        }
        catch (RedisConnectionException e)
        {
            var cause = e.InnerException is RedisServerException refusal ? refusal.Message : e.FailureType.ToString();
            throw new BrokerUnavailableException($"Redis is not connected ({cause})", Outcome(e), e);
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException)
        {
            throw new BrokerUnavailableException($"Publishing failed: {e.Message}", BrokerOutcome.Unknown, e);
        }
    }

    /// <summary>A place in flight is taken until the library lets go of the publication, not until its caller stops waiting.</summary>
    private async Task CountAsync(Task<long> answer)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            await answer;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            // Judged by the one who waits for it, if anybody still does.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static BrokerOutcome Outcome(RedisConnectionException e) =>
        e.FailureType == ConnectionFailureType.UnableToResolvePhysicalConnection
        || e.CommandStatus is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog
            ? BrokerOutcome.NotDone
            : BrokerOutcome.Unknown;

    private static BrokerUnavailableException NotDone(string reason) => new(reason, BrokerOutcome.NotDone);
}
