using System.CommandLine;
using Gateway.Load.Publishing;
using Gateway.Load.Scenarios;

namespace Gateway.Load.Cluster;

/// <summary>The command line's part that says how large a <see cref="BalancedCluster"/> is.</summary>
internal sealed class ClusterOptions(int nodes, int connections)
{
    private readonly Option<int> _nodes = CommonOptions.Count("--nodes", "Nodes, each a process with an address of loopback of its own.", nodes, 20);
    private readonly Option<int> _connections = CommonOptions.Count("--connections", "Clients of all nodes together.", connections, 18_000);
    private readonly Option<int> _balancers = CommonOptions.Count("--balancers", "haproxies in front of the nodes; one needs two descriptors a client, and has 20,000 on many machines.", 2, 20);
    private readonly Option<string> _balance = new Option<string>("--balance") { Description = "How they choose a node.", DefaultValueFactory = _ => "roundrobin" }
        .AcceptOnlyFromAmong("roundrobin", "random", "leastconn");

    private readonly Option<int> _channels = CommonOptions.Count("--channels", "Channels; each client is subscribed to one. Every second one is published to by an envelope.", 60, 10_000);
    private readonly Option<double> _rate = new("--rate") { Description = "Publications a second, to the channels in turn.", DefaultValueFactory = _ => 60 };
    private readonly Option<int> _size = CommonOptions.Count("--size", $"Bytes of a publication, {Stamp.MinBytes} at least.", 128, 64 * 1024);

    public IEnumerable<Option> All => [_nodes, _connections, _balancers, _balance, _channels, _rate, _size];

    public ClusterSettings Read(ParseResult parsed) => new(
        Math.Max(1, parsed.GetValue(_nodes)),
        Math.Max(1, parsed.GetValue(_connections)),
        Math.Max(1, parsed.GetValue(_balancers)),
        parsed.GetValue(_balance)!,
        Math.Max(1, parsed.GetValue(_channels)),
        Math.Max(1, parsed.GetValue(_rate)),
        Math.Max(Stamp.MinBytes, parsed.GetValue(_size)));
}
