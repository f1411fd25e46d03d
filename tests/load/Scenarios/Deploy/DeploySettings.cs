using Gateway.Load.Cluster;

namespace Gateway.Load.Scenarios.Deploy;

internal sealed record DeploySettings(ClusterSettings Cluster, int AcceptRate, string? From, bool Unpaced);
