namespace Gateway.Load.Scenarios.Idle;

internal sealed record IdleSettings(int From, int To, int Steps, string Protocol)
{
    /// <summary>Connections at each step.</summary>
    public IEnumerable<int> Counts => Enumerable.Range(0, Steps).Select(step => From + ((To - From) * step / (Steps - 1)));
}
