namespace Gateway.Load.Scenarios.Policies;

/// <param name="Policies">Of the rule, as options write them.</param>
/// <param name="Subscribers">Clients that read.</param>
/// <param name="Slow">Clients that read slowly, in every second phase.</param>
/// <param name="ReadEvery">Between two reads of a slow one.</param>
/// <param name="Keys">Of the publications, in turn.</param>
/// <param name="Size">Bytes of a publication.</param>
/// <param name="Rate">Publications a second.</param>
/// <param name="Duration">Of a phase.</param>
/// <param name="Rounds">Pairs of phases.</param>
/// <param name="MaxRatio">The check's bound.</param>
internal sealed record PoliciesSettings(
    IReadOnlyList<string> Policies, int Subscribers, int Slow, TimeSpan ReadEvery, int Keys, int Size, double Rate, TimeSpan Duration, int Rounds, double MaxRatio);
