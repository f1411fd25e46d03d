using Gateway.Core.Buffers;
using Gateway.Core.Options;

namespace Gateway.Core.Memory;

/// <summary>
/// When which stage is reached. Three things count: what waits for clients, and that together with what connections own, both of which the
/// node knows exactly, against their shares of the budget; and all memory in use, which only the kernel knows, against the whole. The last
/// lags behind what the collector has yet to free, so it only counts when it is nearly too late.
/// </summary>
internal sealed class MemoryBudget(MemoryOptions options, long bytes)
{
    // A stage is left when so many points less wait, or are used, than it is entered at: else it would come and go.
    private const int WaitingSlack = 10;
    private const int UsedSlack = 5;

    private static readonly int[] UsedAt = [0, 85, 92, 96];

    // Connections that own much are given up, then nobody comes in. Publications have no part in it.
    private static readonly int[] TotalAt = [0, 90, 97, int.MaxValue];

    private readonly int[] _waitingAt = [0, options.ShedAtPercent, options.RefuseUpgradesAtPercent, options.RefusePublicationsAtPercent];

    /// <summary>Of the whole node.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Most that may wait.</summary>
    public long WaitingBytes { get; } = bytes / 100 * options.WaitingPercent;

    /// <summary>Most that may wait and be owned by connections.</summary>
    public long TotalBytes { get; } = bytes / 100 * Math.Max(options.WaitingPercent, options.ClientsPercent);

    /// <summary>The option's, or the limit at which the kernel would end the process, whichever is less.</summary>
    public static MemoryBudget Of(MemoryOptions options, long limit) =>
        new(options, options.BudgetBytes > 0 ? Math.Min(options.BudgetBytes, limit) : limit);

    /// <summary>The stage to be in.</summary>
    /// <param name="waiting">Bytes that wait.</param>
    /// <param name="total">Bytes that wait or are owned by connections.</param>
    /// <param name="used">Bytes in use.</param>
    /// <param name="current">The stage so far.</param>
    public MemoryStage StageOf(long waiting, long total, long used, MemoryStage current)
    {
        for (var stage = MemoryStage.RefusingPublications; stage > MemoryStage.Normal; stage--)
        {
            var (lessWaiting, lessUsed) = stage <= current ? (WaitingSlack, UsedSlack) : (0, 0);
            if (waiting >= WaitingMark(stage, lessWaiting) || total >= TotalMark(stage, lessUsed) || used >= Bytes / 100 * (UsedAt[(int)stage] - lessUsed))
                return stage;
        }

        return MemoryStage.Normal;
    }

    /// <summary>Bytes waiting from which a stage is entered.</summary>
    public long Enter(MemoryStage stage) => WaitingMark(stage, 0);

    /// <summary>Bytes waiting below which a stage is left.</summary>
    public long Leave(MemoryStage stage) => WaitingMark(stage, WaitingSlack);

    /// <summary>Whether so much is in use that the largest backlogs go, although little waits in the node itself: it is the kernel's.</summary>
    public bool IsUsedUp(long used) => used >= Bytes / 100 * UsedAt[(int)MemoryStage.Shedding];

    /// <summary>Whether so much is in use that a stage is kept for it.</summary>
    public bool IsMuchUsed(long used) => used >= Bytes / 100 * (UsedAt[(int)MemoryStage.Shedding] - UsedSlack);

    /// <summary>Whether connections own so much that the largest of them go.</summary>
    public bool IsHeldUp(long total) => total >= TotalMark(MemoryStage.Shedding, 0);

    /// <summary>What waits and is owned below which no connection goes for what it owns.</summary>
    public long LeaveHeld => TotalMark(MemoryStage.Shedding, WaitingSlack) - 1;

    private long TotalMark(MemoryStage stage, int less) => TotalAt[(int)stage] is var at and < int.MaxValue ? TotalBytes / 100 * (at - less) : long.MaxValue;

    private long WaitingMark(MemoryStage stage, int less) => WaitingBytes / 100 * Math.Max(1, _waitingAt[(int)stage] - less);
}
