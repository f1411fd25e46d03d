namespace Gateway.Load.Scenarios.Idle;

/// <param name="From">Connections at the first step.</param>
/// <param name="To">Connections at the last step.</param>
/// <param name="Steps">Steps.</param>
/// <param name="Protocol">Client protocol.</param>
/// <param name="OwnChannels">Each plain subscriber has a channel of its own.</param>
/// <param name="Messages">Publications that each plain subscriber gets at a step, before it is measured.</param>
/// <param name="Rest">Between the last of these and the measurement.</param>
internal sealed record IdleSettings(int From, int To, int Steps, string Protocol, bool OwnChannels = false, int Messages = 0, TimeSpan Rest = default)
{
    /// <summary>Connections at each step.</summary>
    public IEnumerable<int> Counts => Enumerable.Range(0, Steps).Select(step => From + ((To - From) * step / (Steps - 1)));

    /// <summary>Whether the connections subscribe: native ones and those of a hub say nothing.</summary>
    public bool Subscribes => Protocol == ProtocolOption.Plain;

    /// <summary>Channels by name. Plain subscribers share one, as the clients of one page do, unless each has its own.</summary>
    public IReadOnlyList<string> Channels { get; } = OwnChannels ? [.. Enumerable.Range(0, To).Select(client => $"load-idle-{client}")] : ["load-idle"];
}
