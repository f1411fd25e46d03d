using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Gateway.Core.Buffers;

/// <summary>Pieces of memory that nobody uses at the moment, by size, in powers of two, up to a bound of all their bytes. Those that are not kept are freed.</summary>
/// <param name="leastBits">Of the smallest size.</param>
/// <param name="sizes">How many there are; larger pieces are never kept.</param>
/// <param name="maxBytes">Bytes kept.</param>
/// <param name="lengthOf">A piece's bytes, one of the sizes.</param>
/// <param name="free">Gives a piece back; null: the collector does.</param>
internal sealed class SizedStacks<T>(int leastBits, int sizes, long maxBytes, Func<T, int> lengthOf, Action<T>? free = null) : IKeepsMemory
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T>[] _kept = [.. Enumerable.Range(0, sizes).Select(static _ => new Stack<T>())];
    private readonly int[] _least = new int[sizes]; // of each size, since the last TrimIdle
    private long _bytes;

    public long KeptBytes => Interlocked.Read(ref _bytes);

    /// <summary>A piece of at least so many bytes.</summary>
    public bool TryTake(int minimumLength, [NotNullWhen(true)] out T? piece)
    {
        piece = null;
        var size = SizeOf(minimumLength);
        if (size >= sizes)
            return false;
        lock (_gate)
        {
            if (!_kept[size].TryPop(out piece))
                return false;
            _least[size] = Math.Min(_least[size], _kept[size].Count);
            _bytes -= lengthOf(piece);
            return true;
        }
    }

    /// <summary>Exactly once, when nobody reads or writes it any more.</summary>
    public void Keep(T piece)
    {
        if (!TryKeep(piece))
            free?.Invoke(piece);
    }

    public void Trim()
    {
        for (var size = 0; size < sizes; size++)
            Drop(size, int.MaxValue);
    }

    public void TrimIdle()
    {
        for (var size = 0; size < sizes; size++)
            Drop(size, _least[size]);
    }

    private bool TryKeep(T piece)
    {
        var length = lengthOf(piece);
        var size = SizeOf(length);
        lock (_gate)
        {
            if (size >= sizes || _bytes + length > maxBytes)
                return false;
            try
            {
                _kept[size].Push(piece);
            }
            catch (OutOfMemoryException)
            {
                return false; // for a longer stack
            }

            _bytes += length;
            return true;
        }
    }

    private int SizeOf(int length) => BitOperations.Log2((uint)Math.Max(length, 1 << leastBits) - 1) + 1 - leastBits;

    private void Drop(int size, int most)
    {
        lock (_gate)
        {
            for (; most > 0 && _kept[size].TryPop(out var piece); most--)
            {
                _bytes -= lengthOf(piece);
                free?.Invoke(piece);
            }

            _least[size] = _kept[size].Count;
            if (_least[size] == 0)
                _kept[size].TrimExcess();
        }
    }
}
