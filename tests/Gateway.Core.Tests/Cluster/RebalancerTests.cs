using Gateway.Core.Brokers;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Cluster;

/// <summary>A node of a hundred clients, on a clock of its own, among others that say what a test lets them say.</summary>
public sealed class RebalancerTests : IDisposable
{
    private const int Clients = 100;

    // Its clients answer no pings.
    private readonly ProtocolHarness _harness = new(options => options.Heartbeat.Interval = TimeSpan.FromHours(1));
    private readonly FakeTimeProvider _time;
    private readonly List<NodeAnnouncement> _others = [];
    private readonly RebalanceOptions _options = new() { Within = TimeSpan.FromSeconds(60) };
    private readonly Membership _membership;
    private readonly Rebalancer _rebalancer;

    public RebalancerTests()
    {
        _time = (FakeTimeProvider)_harness.Context.Time;
        var broker = new AnnouncedBroker(() => [.. _others, Self]);
        _membership = new Membership(broker, () => Self, () => { }, new ClusterOptions(), _harness.Context.Metrics, _time, NullLogger.Instance);
        _rebalancer = new Rebalancer(_harness.Context.Registry, _membership, "self", _options, TimeSpan.FromSeconds(1), _time, NullLogger.Instance);
        for (var i = 0; i < Clients; i++)
            _harness.Open();
        _others.Add(Node("old", Clients));
    }

    private NodeAnnouncement Self => Node("self", Open);

    private int Open => _harness.Context.Registry.All().Count(connection => connection.State == ConnectionState.Open);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Newcomer_GetsItsShareWithinTheTime_AndNotMore()
    {
        await TurnsAsync(10);
        Assert.Equal(Clients, Open);
        _others.Add(Node("new", 0));
        var arrived = 0;
        for (var second = 0; second < 62; second++)
        {
            await TurnsAsync(1);
            arrived = Clients - Open;
            _others[1] = Node("new", 2 * arrived); // the other old node sends as many
            _others[0] = Node("old", Clients - arrived);
        }

        Assert.InRange(arrived, 30, 34); // of 200 among three, 66.7 each
        await TurnsAsync(60);
        Assert.Equal(arrived, Clients - Open);
    }

    [Fact]
    public async Task Newcomer_ThatIsToBeHelpedSoon_GetsItsShareToo()
    {
        // Several a second and turn: a turn makes up for all the time since the last one.
        _options.Within = TimeSpan.FromSeconds(5);
        await TurnsAsync(10);
        _others.Add(Node("new", 0));
        for (var second = 0; second < 7; second++)
        {
            await TurnsAsync(1);
            _others[1] = Node("new", 2 * (Clients - Open));
            _others[0] = Node("old", Open);
        }

        Assert.InRange(Clients - Open, 30, 34);
    }

    [Fact]
    public async Task Newcomer_BehindABalancerThatChoosesEvenly_GetsItsShareToo()
    {
        await TurnsAsync(10);
        _others.Add(Node("new", 0));
        var (moved, back, joined) = (0L, 0, 0);
        for (var second = 0; second < 60; second++)
        {
            await TurnsAsync(1);
            // Of those that both old nodes send, a third goes to each of the three.
            for (; back < 2 * _rebalancer.Moved / 3; back++)
                _harness.Open();
            (moved, joined) = (_rebalancer.Moved, (int)(2 * _rebalancer.Moved / 3));
            _others[1] = Node("new", joined);
            _others[0] = Node("old", Open);
        }

        Assert.InRange(joined, 60, 68); // of 200 among three
        Assert.InRange(moved, 90, Clients); // nearly everybody must travel for it, but nobody twice
    }

    [Fact]
    public async Task ClientsThatCameAfterIt_AreNotMovedAgain()
    {
        await TurnsAsync(10);
        _others.Add(Node("new", 0));
        await TurnsAsync(1);
        var late = Enumerable.Range(0, 50).Select(_ => _harness.Open().Connection).ToArray();
        // Whatever is sent, it stays empty: all that may go will.
        await TurnsAsync(70);
        Assert.All(late, connection => Assert.Equal(ConnectionState.Open, connection.State));
        Assert.True(_rebalancer.Moved > 50, $"{_rebalancer.Moved} were moved.");
    }

    [Fact]
    public async Task NodesThatWereThere_AreNoNewcomers()
    {
        _others[0] = Node("old", 0);
        await TurnsAsync(70);
        Assert.Equal(Clients, Open);
    }

    [Fact]
    public async Task Spread_WithinTheTolerance_MovesNobody()
    {
        await TurnsAsync(10);
        _others.Add(Node("new", 94));
        await TurnsAsync(60);
        Assert.Equal(Clients, Open);
    }

    [Fact]
    public async Task Newcomer_ThatTakesNobody_GetsNobody()
    {
        await TurnsAsync(10);
        _others.Add(Node("new", 0) with { State = NodeStates.Unready });
        await TurnsAsync(60);
        Assert.Equal(Clients, Open);
    }

    [Fact]
    public async Task Off_ByDefault()
    {
        _options.Within = new RebalanceOptions().Within;
        await TurnsAsync(10);
        _others.Add(Node("new", 0));
        await TurnsAsync(60);
        Assert.Equal(Clients, Open);
    }

    [Fact]
    public async Task NewcomersCeiling_IsNotPassed()
    {
        await TurnsAsync(10);
        _others.Add(Node("new", 0) with { AcceptRate = 1 });
        await TurnsAsync(20);
        Assert.InRange(Clients - Open, 1, 20);
    }

    private static NodeAnnouncement Node(string name, int connections) =>
        new() { Node = name, State = NodeStates.Ready, Connections = connections, MaxConnections = 10_000, AcceptRate = 500 };

    private async Task TurnsAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _membership.ExchangeAsync(mustRead: true, CancellationToken.None);
            _rebalancer.Turn();
        }
    }
}
