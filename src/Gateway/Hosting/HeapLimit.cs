namespace Gateway.Hosting;

/// <summary>
/// Tells the collector of a budget that only the configuration knows. A control group's limit it reads itself, and then takes three quarters
/// of it for the heap at most; it does the same here, so that garbage does not grow into what the budget has for connections and the kernel.
/// </summary>
internal static class HeapLimit
{
    /// <param name="budgetBytes">Of the whole node; 0: there is none but the kernel's.</param>
    public static void Apply(long budgetBytes)
    {
        if (budgetBytes == 0 || budgetBytes >= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            return;
        AppContext.SetData("GCHeapHardLimit", (ulong)(budgetBytes / 4 * 3));
        GC.RefreshMemoryLimit();
    }
}
