namespace Gateway.Core.Memory;

/// <summary>
/// The collector has a limit of its own, three quarters of a control group's: at it the program ends, although the group has memory left.
/// </summary>
internal static class HeapUsage
{
    /// <summary>The heap's size at the last collection in proportion to its limit, as bytes of a budget.</summary>
    public static long AsPartOf(long budgetBytes)
    {
        var heap = GC.GetGCMemoryInfo();
        return (long)((double)heap.HeapSizeBytes / heap.TotalAvailableMemoryBytes * budgetBytes);
    }
}
