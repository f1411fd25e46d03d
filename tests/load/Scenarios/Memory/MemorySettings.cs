namespace Gateway.Load.Scenarios.Memory;

internal sealed record MemorySettings(int From, int To, int Steps, IReadOnlyList<MemoryRow> Rows)
{
    /// <summary>Connections at each step.</summary>
    public IEnumerable<int> Counts => Enumerable.Range(0, Steps).Select(step => From + ((To - From) * step / (Steps - 1)));
}
