namespace Gateway.Load.Scenarios.Floods;

/// <param name="Kinds">Of floods, by name.</param>
/// <param name="Subscribers">Clients that only listen.</param>
/// <param name="Size">Bytes of a publication.</param>
/// <param name="Rate">Publications a second, to all of them.</param>
/// <param name="Attack">Handshakes of attackers a second; 0: as many as they can.</param>
/// <param name="Duration">Of a phase.</param>
/// <param name="Rounds">Pairs of phases.</param>
/// <param name="MaxRatio">The check's bound.</param>
/// <param name="MaxWait">Of a newcomer, for what is its own.</param>
internal sealed record FloodsSettings(IReadOnlyList<string> Kinds, int Subscribers, int Size, int Rate, int Attack, TimeSpan Duration, int Rounds, double MaxRatio, TimeSpan MaxWait);
