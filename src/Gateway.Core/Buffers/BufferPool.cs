using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Buffers;

/// <summary>Memory for what outlives a call on one connection (a partial request, a partial message), counted so that a leak shows.</summary>
internal sealed class BufferPool
{
    private long _rented;

    /// <summary>Where the arrays' bytes are counted, and those of frames that wait.</summary>
    public MemoryAccount Account { get; } = new();

    /// <summary>Where they are kept.</summary>
    public ArrayShelves Arrays { get; } = new();

    /// <summary>Where what is too large for an array is kept.</summary>
    public MappedShelves Large { get; } = new();

    /// <summary>What was rented and not returned.</summary>
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
        try
        {
            array = Arrays.Rent(minimumLength);
        }
        catch (OutOfMemoryException)
        {
            Account.Add(-minimumLength);
            return false;
        }

        Count(array.Length - minimumLength);
        return true;
    }

    /// <summary>As <see cref="TryRent"/>, for a message, which may be large.</summary>
    public bool TryRentForMessage(int minimumLength, out RentedBytes bytes)
    {
        bytes = default;
        if (minimumLength < MappedShelves.LeastBytes)
        {
            if (!TryRent(minimumLength, out var array))
                return false;
            bytes = new RentedBytes(array);
            return true;
        }

        if (!Account.TryAdd(minimumLength))
            return false;
        if (Large.TryRent(minimumLength) is not { } mapped)
        {
            Account.Add(-minimumLength);
            return false;
        }

        bytes = new RentedBytes(mapped);
        Count(mapped.Length - minimumLength);
        return true;
    }

    /// <summary>
    /// An array of at least <paramref name="minimumLength"/> bytes, not cleared, for what the node itself has to say and has bounded: what
    /// comes from a client asks with <see cref="TryRent"/>.
    /// </summary>
    public byte[] Rent(int minimumLength)
    {
        var array = Arrays.Rent(minimumLength);
        Count(array.Length);
        return array;
    }

    public void Return(byte[] array)
    {
        Interlocked.Decrement(ref _rented);
        Account.Add(-array.Length);
        Arrays.Return(array);
    }

    public void Return(RentedBytes bytes)
    {
        if (bytes.Array is { } array)
        {
            Return(array);
        }
        else if (bytes.Mapped is { } mapped)
        {
            Interlocked.Decrement(ref _rented);
            Account.Add(-mapped.Length);
            Large.Return(mapped);
        }
    }

    /// <summary>Counts a rented array as gone: it is left to the collector, since somebody may still be reading it.</summary>
    public void Abandon(byte[] array)
    {
        Interlocked.Decrement(ref _rented);
        Account.Add(-array.Length);
    }

    /// <summary>Behind the allocation, which may fail: what is not there is not counted.</summary>
    private void Count(int bytes)
    {
        Interlocked.Increment(ref _rented);
        Account.Add(bytes);
    }
}
