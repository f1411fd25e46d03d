using Gateway.Load.Scenarios.Mixed;

namespace Gateway.Load.Scenarios.Soak;

/// <param name="Mixed">The load that is there all the time.</param>
/// <param name="Duration">Of all.</param>
/// <param name="Stuck">Clients that subscribe and never read, opened anew when the node has closed them.</param>
/// <param name="Reconnects">Connections a second that are closed and opened anew.</param>
/// <param name="MaxGrowthPercent">By which memory may grow after the first quarter.</param>
internal sealed record SoakSettings(MixedSettings Mixed, TimeSpan Duration, int Stuck, int Reconnects, double MaxGrowthPercent);
