using System.Numerics;

namespace Gateway.Core.Buffers;

/// <summary>Large pieces of memory by size, in powers of two up to 4 MiB; larger ones, which few nodes allow, are as long as asked for and never kept.</summary>
internal sealed class MappedShelves : IKeepsMemory
{
    /// <summary>From so many bytes on: smaller arrays the collector moves and frees with little trouble.</summary>
    public const int LeastBytes = 16 * 1024;

    private const int LeastBits = 14;
    private const int KeptSizes = 9; // 16 KiB to 4 MiB
    private const int MaxKeptBytes = 16 * 1024 * 1024; // 16 messages of 1 MiB that come at once

    private readonly SizedStacks<MappedBytes> _kept = new(LeastBits, KeptSizes, MaxKeptBytes, static bytes => bytes.Length, static bytes => bytes.Free());

    public long KeptBytes => _kept.KeptBytes;

    /// <summary>At least so many bytes, not cleared. Null: the system has no room.</summary>
    public MappedBytes? TryRent(int minimumLength) =>
        _kept.TryTake(minimumLength, out var kept) ? kept : MappedBytes.TryCreate(LengthOf(minimumLength));

    /// <summary>Exactly once, when nobody reads or writes it any more.</summary>
    public void Return(MappedBytes bytes) => _kept.Keep(bytes);

    public void Trim() => _kept.Trim();

    public void TrimIdle() => _kept.TrimIdle();

    private static int LengthOf(int minimumLength) =>
        minimumLength > 1 << (LeastBits + KeptSizes - 1) ? minimumLength : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(minimumLength, LeastBytes));
}
