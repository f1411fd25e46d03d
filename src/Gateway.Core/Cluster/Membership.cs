using System.Security.Cryptography;
using Gateway.Core.Brokers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Cluster;

/// <summary>
/// The nodes as this one sees them: it announces itself each interval and reads what the others have announced. While the broker does not
/// answer nothing is known of anybody.
/// </summary>
internal sealed class Membership
{
    // Reads of all nodes together stay in proportion to their number: at fifty nodes each looks every fifth interval.
    private const int NodesPerInterval = 10;

    // However many there seem to be: what is not looked at for long is not known.
    private const int MostIntervals = 30;

    /// <summary>
    /// Nodes that are reckoned with. Names are whatever was announced at the broker; those above it are left out, the ones that are known
    /// already last, so that made-up names do not take the place of nodes.
    /// </summary>
    internal const int MostNodes = 1000;

    /// <summary>How long a leave is to be read: longer than the rarest look of a large cluster takes.</summary>
    private static readonly TimeSpan LeaveIsKept = TimeSpan.FromMinutes(1);

    private readonly IBroker _broker;
    private readonly Func<NodeAnnouncement> _describe;
    private readonly Action _onRead;
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly GatewayMetrics _metrics;
    private readonly FaultReporter _faults;
    private readonly Dictionary<string, DateTimeOffset> _joined = [];
    private volatile List<NodeAnnouncement> _nodes = [];
    private readonly LostNodes _lost;
    private readonly Rarely _logTooMany;
    private readonly Rarely _logNamesake;
    private readonly string _instance = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private long? _namesakeAt; // when another node's announcement stood under this one's name
    private bool _isFailing;
    private bool _hasAnnounced;

    /// <param name="broker">Where announcements are left.</param>
    /// <param name="describe">This node, now.</param>
    /// <param name="onRead">Called when the others have been looked at.</param>
    /// <param name="options">Intervals.</param>
    /// <param name="metrics">Counts announcements, and faults of those who look at them.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">For operators.</param>
    public Membership(
        IBroker broker, Func<NodeAnnouncement> describe, Action onRead, ClusterOptions options, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_metrics, _faults) = (metrics, new FaultReporter("cluster", Log.RebalanceFault, metrics, time, log));
        (_logTooMany, _logNamesake) = (new Rarely(time, Log.Interval), new Rarely(time, Log.Interval));
        (_broker, _describe, _onRead, _options, _time, _log) = (broker, describe, onRead, options, time, log);
        StartedAt = time.GetUtcNow();
        metrics.Meter.CreateObservableGauge("gateway.node.name.shared", () => HasNamesake ? 1 : 0, "{state}", "1 while another node announces itself by this node's name; else 0.");
        _lost = new LostNodes(most: 2 * MostNodes, time);
    }

    /// <summary>When this node began to look.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Between two looks at the others, while they are few.</summary>
    public TimeSpan Interval => _options.AnnounceInterval;

    /// <summary>Whether another node goes by this one's name.</summary>
    public bool HasNamesake => _namesakeAt is { } at && _time.GetElapsedTime(at) < _options.ForgetAfter;

    /// <summary>All nodes, this one among them; empty while nothing is known.</summary>
    public IReadOnlyList<NodeAnnouncement> Nodes => _nodes;

    /// <summary>
    /// Nodes that vanished within the last minutes without taking their leave; while nothing is known, all that were known before.
    /// </summary>
    public IReadOnlyList<LostNode> Lost => _lost.Find(_nodes.Select(node => node.Node).ToHashSet());

    /// <summary>When this node first saw another, on its own clock; null: it does not know it.</summary>
    public DateTimeOffset? JoinedAt(string node) => _joined.TryGetValue(node, out var joined) ? joined : null;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.AnnounceInterval, _time);
        try
        {
            for (var interval = 0; ; interval++)
            {
                var readEvery = Math.Clamp(_nodes.Count / NodesPerInterval, 1, MostIntervals);
                await ExchangeAsync(mustRead: interval % readEvery == 0, cancellationToken).ConfigureAwait(false);
                await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // the node stops
        }
    }

    /// <summary>The node is gone, in good order: the others neither wait until it is forgotten, nor take it for lost.</summary>
    public async Task LeaveAsync()
    {
        if (!_hasAnnounced)
            return;
        try
        {
            await AnnounceAsync(_describe() with { State = NodeStates.Left }, LeaveIsKept, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It would only have been sooner.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.LeaveNotAnnounced(_log, e.Message);
        }
    }

    /// <summary>Announces, and reads what others have announced.</summary>
    internal async Task ExchangeAsync(bool mustRead, CancellationToken cancellationToken)
    {
        if (!_hasAnnounced && !_broker.Status.Connected)
            return; // it is being connected to; whoever is to know of a broker that is not there hears it from the broker
        try
        {
            var self = _describe();
            LookForNamesake(await AnnounceAsync(self, _options.ForgetAfter, cancellationToken).ConfigureAwait(false), self.Node);
            if (mustRead)
            {
                var read = await _broker.Announcements.ReadAsync(cancellationToken).ConfigureAwait(false);
                See([.. read.Select(json => NodeAnnouncement.TryParse(json)).OfType<NodeAnnouncement>()], self.Node);
            }

            (_isFailing, _hasAnnounced) = (false, true);
            _metrics.Announcements.Add(1, new KeyValuePair<string, object?>("result", "ok"));
        }
#pragma warning disable CA1031 // Whatever a broker throws, a cancellation of its own too: the node serves on, and asks again.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _nodes = [];
            _metrics.Announcements.Add(1, new KeyValuePair<string, object?>("result", "failed"));
            if (!_isFailing)
                Log.MembershipUnknown(_log, e.Message);
            _isFailing = true;
        }

        Act();
    }

    /// <returns>What stood there.</returns>
    private ValueTask<byte[]?> AnnounceAsync(NodeAnnouncement self, TimeSpan expiry, CancellationToken cancellationToken) =>
        _broker.Announcements.KeepAsync(self.Node, (self with { Instance = _instance }).ToJson(), expiry, cancellationToken);

    /// <summary>What stands where this node has announced itself is its own last word. Before its first, it may be that of one that is gone.</summary>
    private void LookForNamesake(byte[]? before, string name)
    {
        if (!_hasAnnounced || before is null || NodeAnnouncement.TryParse(before) is not { } stood || stood.Instance == _instance)
            return;
        _namesakeAt = _time.GetTimestamp();
        if (_logNamesake.Now())
            Log.NameShared(_log, name);
    }

    /// <summary>A fault of who looks at the nodes must not end the announcements: the others would take this node for gone.</summary>
    private void Act()
    {
        try
        {
            _onRead();
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faults.Report(e);
        }
    }

    private void See(IReadOnlyList<NodeAnnouncement> announced, string self)
    {
        var now = _time.GetUtcNow();
        var nodes = Chosen([.. announced.Where(node => node.State != NodeStates.Left)], self);
        _lost.See(nodes.Select(node => node.Node).Where(name => name != self), announced.Where(node => node.State == NodeStates.Left).Select(node => node.Node));
        foreach (var node in nodes)
            _joined.TryAdd(node.Node, now);
        if (_joined.Count > nodes.Count)
        {
            var present = nodes.Select(node => node.Node).ToHashSet();
            foreach (var gone in _joined.Keys.Where(name => !present.Contains(name)).ToArray())
                _joined.Remove(gone);
        }

        _nodes = nodes;
    }

    /// <summary>One of each name, as many as are reckoned with.</summary>
    private List<NodeAnnouncement> Chosen(IReadOnlyList<NodeAnnouncement> announced, string self)
    {
        var nodes = announced.DistinctBy(node => node.Node).ToList();
        if (nodes.Count <= MostNodes)
            return nodes;
        if (_logTooMany.Now())
            Log.TooManyNodes(_log, nodes.Count, MostNodes);
        return [.. nodes.OrderByDescending(node => node.Node == self).ThenByDescending(node => _joined.ContainsKey(node.Node)).Take(MostNodes)];
    }
}
