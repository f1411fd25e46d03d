using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Fleet;

/// <summary>Nodes on one Redis, each a process with an address of loopback of its own: a pair of addresses has 28,232 ports.</summary>
internal sealed class FleetNodes : IDisposable
{
    private readonly List<GatewayProcess> _nodes = [];
    private readonly List<AdminApi> _admins = [];
    private readonly RedisServer? _redis;

    public FleetNodes(Loop loop, TargetSettings settings, int count)
    {
        try
        {
            _redis = settings.Redis is null or "start" ? new RedisServer(loop) : null;
            Redis = _redis?.EndPoint ?? TargetOptions.EndPointOf(new Uri("redis://" + settings.Redis));
            var program = settings.Server ?? GatewayProcess.FindBuilt();
            for (var node = 0; node < count; node++)
            {
                (string, string)[] own = [("Gateway:Redis:Configuration", Redis.ToString()), ("Gateway:Endpoints:0:Address", $"127.0.2.{node + 1}:0")];
                _nodes.Add(new GatewayProcess(program, [.. own, .. settings.Set]));
            }

            foreach (var node in _nodes)
                _admins.Add(new AdminApi(node.WaitForAdmin(loop)));
            EndPoints = [.. _admins.Select(admin => admin.WaitForEndPoint(loop))];
            loop.Observer.WatchNode(() => Usage);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IPEndPoint Redis { get; } = null!;

    public IPEndPoint[] EndPoints { get; } = [];

    /// <summary>Of all nodes together.</summary>
    public ProcessUsage Usage
    {
        get
        {
            var sum = default(ProcessUsage);
            foreach (var node in _nodes)
            {
                var usage = ProcessUsage.TryRead(node.Id)
                    ?? throw new NodeEndedException($"A node ended under the load:\n{string.Join('\n', node.Lines.TakeLast(20))}");
                sum = new ProcessUsage(sum.Cpu + usage.Cpu, sum.ResidentBytes + usage.ResidentBytes);
            }

            return sum;
        }
    }

    /// <summary>Errors in the nodes' logs.</summary>
    public IReadOnlyList<string> Errors => [.. _nodes.SelectMany(node => node.Errors)];

    public void Dispose()
    {
        foreach (var admin in _admins)
            admin.Dispose();
        foreach (var node in _nodes)
            node.Dispose();
        _redis?.Dispose();
    }
}
