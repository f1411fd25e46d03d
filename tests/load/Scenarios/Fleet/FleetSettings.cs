namespace Gateway.Load.Scenarios.Fleet;

/// <param name="Nodes">Nodes, each a process.</param>
/// <param name="PerNode">Connections of each.</param>
/// <param name="PerProcess">Connections of each process of clients, at most.</param>
/// <param name="Publications">Publications that are measured.</param>
/// <param name="Rate">Publications a second; 0: the next when one has reached all.</param>
/// <param name="Size">Bytes of a publication.</param>
internal sealed record FleetSettings(int Nodes, int PerNode, int PerProcess, int Publications, double Rate, int Size)
{
    /// <summary>The channel of all.</summary>
    public const string Channel = "load-fleet";

    public int Connections => Nodes * PerNode;

    public int Processes => (Connections + PerProcess - 1) / PerProcess;
}
