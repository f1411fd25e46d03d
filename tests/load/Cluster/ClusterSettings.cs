namespace Gateway.Load.Cluster;

/// <param name="Nodes">Nodes.</param>
/// <param name="Connections">Clients of all nodes together.</param>
/// <param name="Balancers">Load balancers, each with its share of the clients.</param>
/// <param name="Balance">haproxy's word for how it chooses a node.</param>
/// <param name="Channels">Each client is subscribed to one.</param>
/// <param name="Rate">Publications a second, to the channels in turn.</param>
/// <param name="Size">Bytes of one.</param>
internal sealed record ClusterSettings(int Nodes, int Connections, int Balancers, string Balance, int Channels, double Rate, int Size);
