using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Server;

namespace Gateway.Load.Cluster;

/// <summary>Nodes on one Redis behind load balancers, and clients that publications come to all along.</summary>
internal sealed class BalancedCluster : IDisposable
{
    private static readonly TimeSpan Acquaintance = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Twice the time in which every balancer has asked.
    private static readonly TimeSpan UnreadyDelay = 20 * LoadBalancer.CheckInterval / 2;

    private readonly Loop _loop;
    private readonly ClusterSettings _settings;
    private readonly TargetSettings _target;
    private readonly RedisServer? _redis;
    private readonly EnvelopePublisher? _publisher;
    private readonly List<NodeSlot> _slots;
    private readonly List<LoadBalancer> _balancers = [];
    private readonly List<string> _errors = [];
    private readonly IReadOnlyList<(string Name, string Value)> _options;

    /// <param name="loop">Drives it.</param>
    /// <param name="target">Which program, and its options.</param>
    /// <param name="settings">Sizes.</param>
    /// <param name="options">Options of every node.</param>
    public BalancedCluster(Loop loop, TargetSettings target, ClusterSettings settings, params IReadOnlyList<(string Name, string Value)> options)
    {
        if (target.Url is not null || target.Redis is not null)
            throw new LoadException("This scenario starts its nodes and its Redis itself: no --url, no --redis.");
        (_loop, _settings, _target) = (loop, settings, target);
        // One more than there are nodes: where the next one starts.
        _slots = [.. Enumerable.Range(0, settings.Nodes + 1).Select(number => new NodeSlot(number))];
        try
        {
            _redis = new RedisServer(loop);
            _options =
            [
                ("Gateway:Redis:Configuration", _redis.EndPoint.ToString()),
                ("Gateway:Drain:UnreadyDelay", UnreadyDelay.ToString()),
                .. options,
                .. target.Set,
            ];
            var channels = Enumerable.Range(0, settings.Channels).Select(channel => $"load-{channel}").ToList();
            _publisher = new EnvelopePublisher(loop, _redis.EndPoint, "gateway:", channels);
            Publications = new PublicationLog(loop, new Publications(_publisher, settings.Channels, settings.Size), settings.Channels, settings.Rate);
            Clients = new Travellers(loop, Publications, channels, settings.Connections);
            loop.Observer.WatchNode(() => Usage);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public PublicationLog Publications { get; } = null!;

    public Travellers Clients { get; } = null!;

    /// <summary>Where a node may be started: none is.</summary>
    public NodeSlot Spare => _slots.First(slot => slot.Node is null);

    /// <summary>Where nodes are, in the order in which they were started.</summary>
    public List<NodeSlot> Running { get; } = [];

    /// <summary>Errors that nodes logged, also those that have ended.</summary>
    public IReadOnlyList<string> Errors => [.. _errors, .. _slots.SelectMany(slot => slot.Node?.Errors ?? [])];

    private ProcessUsage Usage => _slots
        .Select(slot => slot.Node is { HasExited: false } node ? ProcessUsage.TryRead(node.Id) ?? default : default)
        .Aggregate(default(ProcessUsage), (sum, usage) => new ProcessUsage(sum.Cpu + usage.Cpu, sum.ResidentBytes + usage.ResidentBytes));

    /// <summary>Starts a node in the spare place, and waits until clients are sent to it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="program">Null: the one that is under load.</param>
    public NodeSlot StartNode(string name, string? program = null)
    {
        var slot = Spare;
        slot.Start(_loop, program ?? _target.Server ?? GatewayProcess.FindBuilt(), [.. _options, ("Gateway:Node:Name", name)], Clients.Turn);
        Running.Add(slot);
        if (_balancers.Count == 0)
            slot.WaitUntilReady(_loop);
        WaitForBalancers();
        return slot;
    }

    /// <summary>Asks a node to stop, and waits until it has, and until no client is sent to it.</summary>
    public int? StopNode(NodeSlot slot)
    {
        var exitCode = slot.Stop(_loop, Clients.Turn);
        _errors.AddRange(slot.Node!.Errors);
        slot.Dispose();
        Running.Remove(slot);
        WaitForBalancers();
        return exitCode;
    }

    /// <summary>Starts the load balancers, and connects all clients through them.</summary>
    public void Connect()
    {
        var each = (_settings.Connections + _settings.Balancers - 1) / _settings.Balancers;
        for (var number = 0; number < _settings.Balancers; number++)
            _balancers.Add(new LoadBalancer(number, _slots, _settings.Balance, each));
        // Whoever comes before the nodes know each other is moved to the one that was seen last.
        _loop.RunFor(Acquaintance);
        WaitForBalancers();
        var request = UpgradeExchange.Request("/");
        Clients.Pool = new ClientPool(_loop, client => _balancers[client % _balancers.Count].EndPoint, _settings.Connections, _ => request, Clients);
        Clients.Pool.Want(_settings.Connections);
        _loop.Observer.Count("deliveries", () => Clients.Deliveries, () => Clients.Pool.Open);
        if (!_loop.RunUntil(() => Clients.Subscribed == _settings.Connections, Patience, Clients.Turn))
            throw new LoadException($"{Clients.Subscribed} of {_settings.Connections} clients are subscribed. {Clients.Pool.FirstFailure}");
    }

    /// <summary>Publishes for so long, and looks at what comes of it once in a while.</summary>
    public void RunFor(TimeSpan time, Action? look = null)
    {
        var lookedAt = Loop.Clock.GetTimestamp();
        _loop.RunFor(time, () =>
        {
            Clients.Turn();
            if (look is null || Loop.Clock.GetElapsedTime(lookedAt) < LookInterval)
                return;
            lookedAt = Loop.Clock.GetTimestamp();
            look();
        });
    }

    /// <summary>Publishes until it holds.</summary>
    public bool RunUntil(Func<bool> isDone, TimeSpan atMost) => _loop.RunUntil(isDone, atMost, Clients.Turn);

    public void Dispose()
    {
        _loop.Observer.WatchNode(static () => null);
        Clients?.Pool?.Dispose();
        _publisher?.Dispose();
        _balancers.ForEach(balancer => balancer.Dispose());
        _slots.ForEach(slot => slot.Dispose());
        _redis?.Dispose();
    }

    private void WaitForBalancers() => _balancers.ForEach(balancer => balancer.WaitFor(_loop, _slots, Running.Contains, Clients.Turn));
}
