using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Buffers;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Framing;

/// <summary>Where a reader gets what decompresses a message.</summary>
internal abstract class InflaterSource(CompressionCounters counters)
{
    /// <summary>Counts what was received.</summary>
    public CompressionCounters Counters { get; } = counters;

    /// <summary>Whether a message may refer to the ones before.</summary>
    public abstract bool KeepsHistory { get; }

    /// <summary>For one message, which is whole: return it within the same call. False: the node has no room for one.</summary>
    public abstract bool TryRent([NotNullWhen(true)] out MessageInflater? inflater);

    public abstract void Return(MessageInflater inflater);
}

/// <summary>
/// Lends any of the node's, for clients that agreed to no context takeover: between calls they hold none, so that there are as many as threads.
/// </summary>
internal sealed class SharedInflaters(CountedPool<MessageInflater> pool, CompressionCounters counters) : InflaterSource(counters)
{
    public override bool KeepsHistory => false;

    public override bool TryRent([NotNullWhen(true)] out MessageInflater? inflater)
    {
        try
        {
            inflater = pool.Rent();
            return true;
        }
        catch (OutOfMemoryException)
        {
            inflater = null;
            return false;
        }
    }

    public override void Return(MessageInflater inflater)
    {
        inflater.Reset();
        pool.Return(inflater);
    }
}

/// <summary>One connection's own, which remembers what the peer may refer to.</summary>
internal sealed class DedicatedInflater(int windowBits, MemoryAccount account, CompressionCounters counters) : InflaterSource(counters), IDisposable
{
    private MessageInflater? _inflater; // from the first message on

    public override bool KeepsHistory => true;

    public int HeldBytes => _inflater is null ? 0 : MessageInflater.SizeOf(windowBits, keepsHistory: true);

    public override bool TryRent([NotNullWhen(true)] out MessageInflater? inflater)
    {
        var size = MessageInflater.SizeOf(windowBits, keepsHistory: true);
        if (_inflater is null && account.TryHold(size))
        {
            try
            {
                _inflater = new MessageInflater(windowBits, keepsHistory: true);
            }
            catch (OutOfMemoryException)
            {
                account.LetGo(size);
            }
        }

        inflater = _inflater;
        return inflater is not null;
    }

    public override void Return(MessageInflater inflater)
    {
        // It stays: a message that ended badly ends the connection.
    }

    public void Dispose()
    {
        if (_inflater is null)
            return;
        _inflater.Dispose();
        account.LetGo(MessageInflater.SizeOf(windowBits, keepsHistory: true));
        _inflater = null;
    }
}
