using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gateway.Core.Buffers;

/// <summary>
/// Plain arrays by size, in powers of two. Each thread keeps one of each small size, since who rents mostly returns; the others stand
/// together. Not the runtime's pool: that keeps 32 arrays of each size a core, 100 MB of two cores' large messages, and gives them back
/// when it sees fit.
/// <para>
/// Only its own thread takes arrays from a thread's shelf and puts them there; any other may only take one away for good. So a shelf needs
/// no lock: an array that is taken away while its thread takes it is that thread's.
/// </para>
/// </summary>
internal sealed class ArrayShelves : IKeepsMemory
{
    private const int LeastBits = 4; // 16 bytes
    private const int ThreadSizes = 13; // up to 64 KiB: 128 KiB a thread
    private const int KeptSizes = 19; // up to 4 MiB
    private const int MostBits = 30; // more is as long as asked for

    // 4,096 answers that wait, or 16 messages of 1 MiB that come at once; large ones must not crowd the small ones out.
    private const int MaxSmallBytes = 8 * 1024 * 1024;
    private const int MaxLargeBytes = 16 * 1024 * 1024;

    [ThreadStatic]
    private static Shelf? t_shelf; // of the pool that the thread has used last; a process has one, but in tests

    private readonly ThreadParts<Shelf> _shelves = new();
    private readonly Lock _gate = new();
    private readonly Stack<byte[]>[] _shared = [.. Enumerable.Range(0, KeptSizes).Select(_ => new Stack<byte[]>())];
    private readonly int[] _least = new int[KeptSizes]; // arrays of each size, since the last TrimIdle
    private long _smallBytes; // of _shared, up to ThreadSizes
    private long _largeBytes;

    public long KeptBytes
    {
        get
        {
            long bytes;
            lock (_gate)
                bytes = _smallBytes + _largeBytes;
            foreach (var shelf in _shelves.All())
                bytes += shelf.Bytes;
            return bytes;
        }
    }

    /// <summary>An array of at least so many bytes, not cleared.</summary>
    public byte[] Rent(int minimumLength)
    {
        var size = SizeOf(minimumLength);
        if (size < ThreadSizes && t_shelf is { } shelf && shelf.Owner == this && shelf.Arrays[size] is { } array)
        {
            shelf.Arrays[size] = null;
            return array;
        }

        return RentShared(size, minimumLength);
    }

    public void Return(byte[] array)
    {
        var size = SizeOf(array.Length);
        if (size < ThreadSizes && t_shelf is { } shelf && shelf.Owner == this && shelf.Arrays[size] is null)
            shelf.Arrays[size] = array;
        else
            ReturnShared(size, array);
    }

    public void Trim()
    {
        ClearShelves();
        lock (_gate)
        {
            foreach (var arrays in _shared)
            {
                arrays.Clear();
                arrays.TrimExcess();
            }

            _smallBytes = _largeBytes = 0;
        }
    }

    public void TrimIdle()
    {
        ClearShelves(); // a thread that works has them again at once
        lock (_gate)
        {
            for (var size = 0; size < KeptSizes; size++)
            {
                for (; _least[size] > 0; _least[size]--)
                    Count(size, -_shared[size].Pop().Length);
                _least[size] = _shared[size].Count;
            }
        }
    }

    private static int SizeOf(int length) => BitOperations.Log2((uint)Math.Max(length, 1 << LeastBits) - 1) + 1 - LeastBits;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte[] RentShared(int size, int minimumLength)
    {
        if (size < KeptSizes)
        {
            lock (_gate)
            {
                if (_shared[size].TryPop(out var array))
                {
                    _least[size] = Math.Min(_least[size], _shared[size].Count);
                    Count(size, -array.Length);
                    return array;
                }
            }
        }

        return GC.AllocateUninitializedArray<byte>(size + LeastBits <= MostBits ? 1 << (size + LeastBits) : minimumLength);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReturnShared(int size, byte[] array)
    {
        if (size >= KeptSizes)
            return;
        if (size < ThreadSizes && t_shelf?.Owner != this)
        {
            t_shelf = new Shelf(this);
            _shelves.Add(t_shelf);
            t_shelf.Arrays[size] = array;
            return;
        }

        lock (_gate)
        {
            if (size < ThreadSizes ? _smallBytes + array.Length > MaxSmallBytes : _largeBytes + array.Length > MaxLargeBytes)
                return;
            _shared[size].Push(array);
            Count(size, array.Length);
        }
    }

    private void Count(int size, int bytes)
    {
        if (size < ThreadSizes)
            _smallBytes += bytes;
        else
            _largeBytes += bytes;
    }

    private void ClearShelves()
    {
        foreach (var shelf in _shelves.All())
            Array.Clear(shelf.Arrays);
    }

    private sealed class Shelf(ArrayShelves owner)
    {
        public readonly ArrayShelves Owner = owner;
        public readonly byte[]?[] Arrays = new byte[]?[ThreadSizes];

        public long Bytes => Arrays.Sum(static array => array?.Length ?? 0L);
    }
}
