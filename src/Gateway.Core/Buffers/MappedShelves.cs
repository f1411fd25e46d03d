using System.Numerics;

namespace Gateway.Core.Buffers;

/// <summary>Large pieces of memory by size, in powers of two up to 4 MiB; larger ones, which few nodes allow, are as long as asked for and never kept.</summary>
internal sealed class MappedShelves : IKeepsMemory
{
    /// <summary>From so many bytes on: smaller arrays the collector moves and frees with little trouble.</summary>
    public const int LeastBytes = 128 * 1024;

    private const int LeastBits = 17;
    private const int KeptSizes = 6; // 128 KiB to 4 MiB
    private const int MaxKeptBytes = 16 * 1024 * 1024; // 16 messages of 1 MiB that come at once

    private readonly Lock _gate = new();
    private readonly Stack<MappedBytes>[] _kept = [.. Enumerable.Range(0, KeptSizes).Select(static _ => new Stack<MappedBytes>())];
    private readonly int[] _least = new int[KeptSizes]; // of each size, since the last TrimIdle
    private long _keptBytes;

    public long KeptBytes => Interlocked.Read(ref _keptBytes);

    /// <summary>At least so many bytes, not cleared. Null: the system has no room.</summary>
    public MappedBytes? TryRent(int minimumLength)
    {
        var size = SizeOf(minimumLength);
        if (size >= KeptSizes)
            return MappedBytes.TryCreate(minimumLength);
        lock (_gate)
        {
            if (_kept[size].TryPop(out var kept))
            {
                _least[size] = Math.Min(_least[size], _kept[size].Count);
                _keptBytes -= kept.Length;
                return kept;
            }
        }

        return MappedBytes.TryCreate(1 << (size + LeastBits));
    }

    /// <summary>Exactly once, when nobody reads or writes it any more.</summary>
    public void Return(MappedBytes bytes)
    {
        var size = SizeOf(bytes.Length);
        lock (_gate)
        {
            if (size < KeptSizes && _keptBytes + bytes.Length <= MaxKeptBytes)
            {
                _kept[size].Push(bytes);
                _keptBytes += bytes.Length;
                return;
            }
        }

        bytes.Free();
    }

    public void Trim()
    {
        for (var size = 0; size < KeptSizes; size++)
            Free(size, int.MaxValue);
    }

    public void TrimIdle()
    {
        for (var size = 0; size < KeptSizes; size++)
            Free(size, _least[size]);
    }

    private static int SizeOf(int length) => BitOperations.Log2((uint)Math.Max(length, LeastBytes) - 1) + 1 - LeastBits;

    private void Free(int size, int most)
    {
        lock (_gate)
        {
            for (; most > 0 && _kept[size].TryPop(out var kept); most--)
            {
                _keptBytes -= kept.Length;
                kept.Free();
            }

            _least[size] = _kept[size].Count;
        }
    }
}
