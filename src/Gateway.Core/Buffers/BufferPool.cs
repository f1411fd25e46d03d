using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Buffers;

/// <summary>Plain arrays for what outlives a call on one connection (a partial request, a partial message), counted so that a leak shows.</summary>
internal sealed class BufferPool
{
    private long _rented;

    /// <summary>Where the arrays' bytes are counted, and those of frames that wait.</summary>
    public MemoryAccount Account { get; } = new();

    /// <summary>Where they are kept.</summary>
    public ArrayShelves Arrays { get; } = new();

    /// <summary>Arrays rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    /// <summary>
    /// An array of at least <paramref name="minimumLength"/> bytes, not cleared, for what a client has sent. False: the node has no room for
    /// it, and the client is to be told so and ended.
    /// </summary>
    public bool TryRent(int minimumLength, [NotNullWhen(true)] out byte[]? array)
    {
        array = null;
        if (!Account.TryAdd(minimumLength))
            return false;
        array = Arrays.Rent(minimumLength);
        Interlocked.Increment(ref _rented);
        Account.Add(array.Length - minimumLength);
        return true;
    }

    /// <summary>
    /// An array of at least <paramref name="minimumLength"/> bytes, not cleared, for what the node itself has to say and has bounded: what
    /// comes from a client asks with <see cref="TryRent"/>.
    /// </summary>
    public byte[] Rent(int minimumLength)
    {
        Interlocked.Increment(ref _rented);
        var array = Arrays.Rent(minimumLength);
        Account.Add(array.Length);
        return array;
    }

    public void Return(byte[] array)
    {
        Interlocked.Decrement(ref _rented);
        Account.Add(-array.Length);
        Arrays.Return(array);
    }

    /// <summary>Counts a rented array as gone: it is left to the collector, since somebody may still be reading it.</summary>
    public void Abandon(byte[] array)
    {
        Interlocked.Decrement(ref _rented);
        Account.Add(-array.Length);
    }
}
