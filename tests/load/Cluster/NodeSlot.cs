using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Cluster;

/// <summary>Addresses that one node after the other listens on, so that load balancers can know them beforehand.</summary>
internal sealed class NodeSlot : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(90);

    /// <param name="number">From 0 on; each has an address of loopback of its own: a pair of addresses has 28,232 ports.</param>
    public NodeSlot(int number)
    {
        Number = number;
        var address = new IPAddress([127, 0, 3, (byte)(number + 1)]);
        (Client, Admin) = (FreeEndPoint.On(address), FreeEndPoint.On(address));
    }

    public int Number { get; }

    public IPEndPoint Client { get; }

    public IPEndPoint Admin { get; }

    /// <summary>Null: nothing was started here, or what was has been disposed of.</summary>
    public GatewayProcess? Node { get; private set; }

    /// <summary>Starts a node here, in place of the one before, and waits until it listens.</summary>
    public void Start(Loop loop, string program, IEnumerable<(string Name, string Value)> options, Action eachTurn)
    {
        Dispose();
        (string, string)[] own = [("Gateway:Endpoints:0:Address", Client.ToString()), ("Gateway:Admin:Address", Admin.ToString())];
        Node = new GatewayProcess(program, [.. own, .. options]);
        Node.WaitForAdmin(loop, eachTurn);
    }

    /// <summary>Waits until the node is ready. It is asked on this thread: not for when there are clients.</summary>
    public void WaitUntilReady(Loop loop)
    {
        using var admin = new AdminApi(Admin);
        admin.WaitForEndPoint(loop);
    }

    /// <summary>Asks the node to stop, and waits until it has.</summary>
    /// <returns>Its exit code; null: it did not stop.</returns>
    public int? Stop(Loop loop, Action eachTurn)
    {
        Node!.Terminate();
        return loop.RunUntil(() => Node.HasExited, StopPatience, eachTurn) ? Node.ExitCode : null;
    }

    public void Dispose()
    {
        Node?.Dispose();
        Node = null;
    }
}
