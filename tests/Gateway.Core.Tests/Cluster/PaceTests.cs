using Gateway.Core.Brokers;
using Gateway.Core.Cluster;

namespace Gateway.Core.Tests.Cluster;

public sealed class PaceTests
{
    /// <summary>Whatever others have announced, and was read: a rate that a drain can go at.</summary>
    [Fact]
    public void Of_HostileAnnouncements_IsARateThatCanBeKept()
    {
        string[] numbers = ["0", "-1", "-5", "1e-300", "1e999", "-1e999", "1e308", "4"];
        foreach (var accept in numbers)
        {
            foreach (var accepted in numbers)
            {
                foreach (var away in numbers)
                {
                    var json = $$"""{"v":1,"node":"NAME","state":"ready","connections":-7,"max_connections":2147483647,"accept_rate":{{accept}},"accepted":{{accepted}},"sending_away":{{away}}}""";
                    NodeAnnouncement[] nodes = [Read(json, "a"), Read(json, "b"), Read(json, "c")];

                    Assert.InRange(Pace.Of(nodes, "a")!.Value, 0, 10_000_000);
                }
            }
        }
    }

    private static NodeAnnouncement Read(string json, string name) =>
        NodeAnnouncement.TryParse(System.Text.Encoding.UTF8.GetBytes(json.Replace("NAME", name, StringComparison.Ordinal)))!;

    [Fact]
    public void Of_NobodyKnown_IsNotKnown() => Assert.Null(Pace.Of([], "a"));

    [Fact]
    public void Of_Alone_IsNotKnown() => Assert.Null(Pace.Of([Node("a")], "a"));

    [Fact]
    public void Of_NodesWithoutArrivals_IsWhatTheWeakestCanTake() => Assert.Equal(300, Pace.Of([Node("a"), Node("b", rate: 500), Node("c", rate: 300)], "a"));

    [Fact]
    public void Of_ArrivalsSpreadEvenly_IsNearlyTheCeilingsTogether() => Assert.Equal(
        1000, Pace.Of([Node("a", sending: 400), Node("b", accepted: 200), Node("c", accepted: 200)], "a")!.Value, tolerance: 15);

    [Fact]
    public void Of_ArrivalsAtOneNode_IsWhatItCanTake() => Assert.Equal(
        500, Pace.Of([Node("a", sending: 500), Node("b"), Node("c", accepted: 500)], "a")!.Value, tolerance: 1);

    [Fact]
    public void Of_ArrivalsInProportionToTheCeilings_IsNearlyTheCeilingsTogether() => Assert.Equal(
        800, Pace.Of([Node("a", sending: 400), Node("b", rate: 500, accepted: 250), Node("c", rate: 300, accepted: 150)], "a")!.Value, tolerance: 20);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(1000)]
    public void Of_AnySpread_IsNeverMoreThanTheCeilingsTogether(double accepted) => Assert.InRange(
        Pace.Of([Node("a", sending: 2000), Node("b", accepted: accepted), Node("c", accepted: 20), Node("d", accepted: 500)], "a")!.Value, 0, 1500);

    [Fact]
    public void Of_NodesThatTakeNobody_IsTheOthersAlone() => Assert.Equal(
        500,
        Pace.Of([Node("a"), Node("b", rate: 500), Node("c", state: NodeStates.Unready), Node("d", state: NodeStates.Draining), Node("e", connections: 1000)], "a"));

    [Fact]
    public void Of_AllFull_IsNotKnown() => Assert.Null(Pace.Of([Node("a"), Node("b", connections: 1000)], "a"));

    [Fact]
    public void Of_TwoThatDrain_IsHalf() => Assert.Equal(
        250, Pace.Of([Node("a", state: NodeStates.Draining), Node("b", state: NodeStates.Draining, sending: 250), Node("c", rate: 500)], "a"));

    [Fact]
    public void Of_ClientsThatComeByThemselves_LeavesRoomForThem() => Assert.Equal(
        400, Pace.Of([Node("a", sending: 300), Node("b", rate: 500, accepted: 400)], "a"));

    [Fact]
    public void Of_ClientsThatWereSent_CountsThemOnce() => Assert.Equal(
        500, Pace.Of([Node("a", sending: 500), Node("b", rate: 500, accepted: 480)], "a"));

    [Fact]
    public void Of_MoreThanTheyCanTake_IsNothing() => Assert.Equal(0, Pace.Of([Node("a"), Node("b", rate: 100, accepted: 200)], "a"));

    private static NodeAnnouncement Node(
        string name, string state = NodeStates.Ready, double rate = 500, double accepted = 0, double sending = 0, int connections = 10) => new()
        {
            Node = name,
            State = state,
            AcceptRate = rate,
            Accepted = accepted,
            SendingAway = sending,
            Connections = connections,
            MaxConnections = 1000,
        };
}
