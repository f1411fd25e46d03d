using Gateway.Load.Cluster;

namespace Gateway.Load.Scenarios.Join;

internal sealed record JoinSettings(ClusterSettings Cluster, TimeSpan Within, int TolerancePercent);
