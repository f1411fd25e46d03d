using System.Buffers;

namespace Gateway.Core.Buffers;

/// <summary>Plain arrays for what outlives a call on one connection (a partial request, a partial message), counted so that a leak shows.</summary>
internal sealed class BufferPool
{
    private long _rented;

    /// <summary>Where the arrays' bytes are counted, and those of frames that wait.</summary>
    public MemoryAccount Account { get; } = new();

    /// <summary>Arrays rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    /// <summary>An array of at least <paramref name="minimumLength"/> bytes, not cleared.</summary>
    public byte[] Rent(int minimumLength)
    {
        Interlocked.Increment(ref _rented);
        var array = ArrayPool<byte>.Shared.Rent(minimumLength);
        Account.Add(array.Length);
        return array;
    }

    public void Return(byte[] array)
    {
        Interlocked.Decrement(ref _rented);
        Account.Add(-array.Length);
        ArrayPool<byte>.Shared.Return(array);
    }

    /// <summary>Counts a rented array as gone: it is left to the collector, since somebody may still be reading it.</summary>
    public void Abandon(byte[] array)
    {
        Interlocked.Decrement(ref _rented);
        Account.Add(-array.Length);
    }
}
