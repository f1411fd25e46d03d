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
    private const int LargeSizes = 6; // up to 4 MiB
    private const int MostBits = 30; // more is as long as asked for

    // 4,096 answers that wait, or 16 messages of 1 MiB that come at once; large ones must not crowd the small ones out.
    private const int MaxSmallBytes = 8 * 1024 * 1024;
    private const int MaxLargeBytes = 16 * 1024 * 1024;

    [ThreadStatic]
    private static Shelf? t_shelf; // of the pool that the thread has used last; a process has one, but in tests

    private readonly ThreadParts<Shelf> _shelves = new();
    private readonly SizedStacks<byte[]> _small = new(LeastBits, ThreadSizes, MaxSmallBytes, static array => array.Length);
    private readonly SizedStacks<byte[]> _large = new(LeastBits + ThreadSizes, LargeSizes, MaxLargeBytes, static array => array.Length);

    public long KeptBytes => _small.KeptBytes + _large.KeptBytes + _shelves.All().Sum(static shelf => shelf.Bytes);

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
        _small.Trim();
        _large.Trim();
    }

    public void TrimIdle()
    {
        ClearShelves(); // a thread that works has them again at once
        _small.TrimIdle();
        _large.TrimIdle();
    }

    private static int SizeOf(int length) => BitOperations.Log2((uint)Math.Max(length, 1 << LeastBits) - 1) + 1 - LeastBits;

    private SizedStacks<byte[]> SharedOf(int size) => size < ThreadSizes ? _small : _large;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte[] RentShared(int size, int minimumLength) =>
        SharedOf(size).TryTake(minimumLength, out var array)
            ? array
            : GC.AllocateUninitializedArray<byte>(size + LeastBits <= MostBits ? 1 << (size + LeastBits) : minimumLength);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReturnShared(int size, byte[] array)
    {
        if (size < ThreadSizes && t_shelf?.Owner != this)
        {
            t_shelf = new Shelf(this);
            _shelves.Add(t_shelf);
            t_shelf.Arrays[size] = array;
            return;
        }

        SharedOf(size).Keep(array);
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
