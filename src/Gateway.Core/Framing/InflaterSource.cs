using Gateway.Core.Buffers;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Framing;

/// <summary>Where a reader gets what decompresses a message.</summary>
internal abstract class InflaterSource(CompressionCounters counters)
{
    /// <summary>Counts what was received.</summary>
    public CompressionCounters Counters { get; } = counters;

    /// <summary>For one message. Return it when the message ends, however it ends.</summary>
    public abstract MessageInflater Rent();

    public abstract void Return(MessageInflater inflater);
}

/// <summary>Lends any of the node's, for clients that agreed to no context takeover: between messages they hold none.</summary>
internal sealed class SharedInflaters(CountedPool<MessageInflater> pool, CompressionCounters counters) : InflaterSource(counters)
{
    public override MessageInflater Rent() => pool.Rent();

    public override void Return(MessageInflater inflater)
    {
        inflater.Reset();
        pool.Return(inflater);
    }
}

/// <summary>One connection's own, which remembers what the peer may refer to.</summary>
internal sealed class DedicatedInflater(int windowBits, CompressionCounters counters) : InflaterSource(counters), IDisposable
{
    private MessageInflater? _inflater; // from the first message on

    public override MessageInflater Rent() => _inflater ??= new MessageInflater(windowBits, keepsHistory: true);

    public override void Return(MessageInflater inflater)
    {
        // It stays: a message that ended badly ends the connection.
    }

    public void Dispose() => _inflater?.Dispose();
}
