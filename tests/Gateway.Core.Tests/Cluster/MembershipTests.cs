using Gateway.Core.Brokers;
using Gateway.Core.Cluster;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Cluster;

public sealed class MembershipTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<NodeAnnouncement> _nodes = [new() { Node = "a" }];
    private readonly AnnouncedBroker _broker;
    private readonly GatewayMetrics _metrics = new();
    private readonly Membership _membership;
    private int _reads;
    private bool _actThrows;

    public MembershipTests()
    {
        _broker = new AnnouncedBroker(() => _nodes);
        _membership = new Membership(_broker, () => new NodeAnnouncement { Node = "a" }, Act, new ClusterOptions(), _metrics, _time, NullLogger.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return _broker.DisposeAsync();
    }

    [Fact]
    public async Task JoinedAt_ANode_IsWhenItWasFirstSeen()
    {
        await ExchangeAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        _nodes.Add(new NodeAnnouncement { Node = "b" });
        await ExchangeAsync();
        var joined = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(10));
        await ExchangeAsync();

        Assert.Equal(["a", "b"], _membership.Nodes.Select(node => node.Node));
        Assert.Equal(joined, _membership.JoinedAt("b"));
        Assert.Null(_membership.JoinedAt("c"));
    }

    [Fact]
    public async Task JoinedAt_ANodeThatComesAgain_IsItsSecondComing()
    {
        _nodes.Add(new NodeAnnouncement { Node = "b" });
        await ExchangeAsync();
        _nodes.RemoveAt(1);
        await ExchangeAsync();
        Assert.Null(_membership.JoinedAt("b"));
        _time.Advance(TimeSpan.FromSeconds(10));
        _nodes.Add(new NodeAnnouncement { Node = "b" });
        await ExchangeAsync();
        Assert.Equal(_time.GetUtcNow(), _membership.JoinedAt("b"));
    }

    [Fact]
    public async Task Nodes_WhileTheBrokerDoesNotAnswer_AreNotKnown_AndNobodyIsNewAfterwards()
    {
        await ExchangeAsync();
        var joined = _membership.JoinedAt("a");
        _broker.Fault = new BrokerUnavailableException("away", BrokerOutcome.Unknown);
        _time.Advance(TimeSpan.FromSeconds(10));
        await ExchangeAsync();
        Assert.Empty(_membership.Nodes);

        _broker.Fault = null;
        await ExchangeAsync();
        Assert.Single(_membership.Nodes);
        Assert.Equal(joined, _membership.JoinedAt("a"));
        Assert.Equal(3, _reads);
    }

    [Fact]
    public async Task Exchange_AFaultOfWhoLooksAtTheNodes_IsCounted_AndTheNextOneHappens()
    {
        _actThrows = true;
        await ExchangeAsync();
        Assert.Equal(1, _metrics.Faults.Total);

        _actThrows = false;
        await ExchangeAsync();
        Assert.Equal((1, 1), (_metrics.Faults.Total, _reads));
    }

    [Fact]
    public async Task Exchange_ACancellationOfTheBrokersOwn_IsAFailureAndNotTheEnd()
    {
        _broker.Fault = new TaskCanceledException("the broker's own");
        await ExchangeAsync();
        Assert.Empty(_membership.Nodes);
        Assert.Equal(1, _metrics.Announcements.Total);
    }

    /// <summary>Names are whatever somebody writes at the broker.</summary>
    [Fact]
    public async Task Nodes_ManyMadeUpOnes_TakeNoNodesPlace_AndAreBounded()
    {
        _nodes.AddRange([new NodeAnnouncement { Node = "b" }, new NodeAnnouncement { Node = "c" }]);
        await ExchangeAsync();
        var joined = _membership.JoinedAt("c");
        _time.Advance(TimeSpan.FromSeconds(1));
        _nodes.InsertRange(0, Enumerable.Range(0, 5 * Membership.MostNodes).Select(i => new NodeAnnouncement { Node = $"x{i}" }));

        for (var i = 0; i < 3; i++)
        {
            await ExchangeAsync();
            _nodes.InsertRange(0, Enumerable.Range(0, Membership.MostNodes).Select(j => new NodeAnnouncement { Node = $"y{i}.{j}" }));
        }

        Assert.Equal(Membership.MostNodes, _membership.Nodes.Count);
        Assert.Superset(new HashSet<string> { "a", "b", "c" }, _membership.Nodes.Select(node => node.Node).ToHashSet());
        Assert.Equal(joined, _membership.JoinedAt("c"));
        Assert.Equal(Membership.MostNodes, _membership.Nodes.Count(node => _membership.JoinedAt(node.Node) is not null));
    }

    [Fact]
    public async Task Nodes_OneNameTwice_IsOneNode()
    {
        _nodes.AddRange([new NodeAnnouncement { Node = "b", Connections = 1 }, new NodeAnnouncement { Node = "b", Connections = 2 }]);
        await ExchangeAsync();
        Assert.Equal(1, Assert.Single(_membership.Nodes, node => node.Node == "b").Connections);
    }

    [Fact]
    public async Task Namesake_WhileItAnnouncesItself_IsKnown()
    {
        await ExchangeAsync();
        await ExchangeAsync();
        Assert.False(_membership.HasNamesake);

        _broker.Standing = new NodeAnnouncement { Node = "a", Instance = "another" }.ToJson();
        await ExchangeAsync();
        Assert.True(_membership.HasNamesake);

        _time.Advance(new ClusterOptions().ForgetAfter);
        await ExchangeAsync();
        Assert.False(_membership.HasNamesake);
    }

    /// <summary>A pod that is made anew under its old name finds what the old one has said.</summary>
    [Fact]
    public async Task Namesake_ThatIsGone_IsNone()
    {
        _broker.Standing = new NodeAnnouncement { Node = "a", Instance = "the one before" }.ToJson();

        await ExchangeAsync();
        await ExchangeAsync();

        Assert.False(_membership.HasNamesake);
    }

    [Fact]
    public async Task Lost_ANodeThatVanishes_IsRememberedForMinutes_UntilItIsBack()
    {
        _nodes.Add(new NodeAnnouncement { Node = "b" });
        await ExchangeAsync();
        var seen = _time.GetUtcNow();
        Assert.Empty(_membership.Lost);

        _nodes.RemoveAt(1);
        _time.Advance(LostNodes.Remembered);
        await ExchangeAsync();
        Assert.Equal([new LostNode("b", seen)], _membership.Lost);

        _nodes.Add(new NodeAnnouncement { Node = "b" });
        await ExchangeAsync();
        Assert.Empty(_membership.Lost);

        _nodes.RemoveAt(1);
        _time.Advance(LostNodes.Remembered + TimeSpan.FromTicks(1));
        await ExchangeAsync();
        Assert.Empty(_membership.Lost);
    }

    [Fact]
    public async Task Lost_ANodeThatTakesItsLeave_IsNot_AndIsNoNodeAnyMore()
    {
        _nodes.Add(new NodeAnnouncement { Node = "b" });
        await ExchangeAsync();
        _nodes[1] = new NodeAnnouncement { Node = "b", State = NodeStates.Left };
        await ExchangeAsync();

        Assert.Empty(_membership.Lost);
        Assert.Equal(["a"], _membership.Nodes.Select(node => node.Node));
    }

    [Fact]
    public async Task Lost_WhileTheBrokerIsAway_AreAllThatWereKnown_ButForTheNodeItself()
    {
        _nodes.Add(new NodeAnnouncement { Node = "b" });
        await ExchangeAsync();
        _broker.Fault = new BrokerUnavailableException("away", BrokerOutcome.Unknown);
        await ExchangeAsync();

        Assert.Equal(["b"], _membership.Lost.Select(node => node.Name));
    }

    [Fact]
    public async Task Leave_AfterItHasAnnounced_IsTheLastAnnouncement_LongEnoughToBeRead()
    {
        await _membership.LeaveAsync();
        Assert.Null(_broker.Announced.Announcement);

        await ExchangeAsync();
        await _membership.LeaveAsync();
        Assert.Equal(NodeStates.Left, _broker.Announced.Announcement?.State);
        Assert.InRange(_broker.Announced.Expiry, 30 * _membership.Interval, TimeSpan.FromHours(1));
    }

    private void Act()
    {
        if (_actThrows)
            throw new InvalidOperationException("a fault");
        _reads++;
    }

    private Task ExchangeAsync() => _membership.ExchangeAsync(mustRead: true, CancellationToken.None);
}
