using Gateway.Core.Brokers;

namespace Gateway.Core.Tests.Cluster;

public sealed class NodeAnnouncementTests
{
    [Fact]
    public void Json_ReadBack_IsTheSame()
    {
        var node = new NodeAnnouncement { Node = "a", State = NodeStates.Ready, Connections = 3, MaxConnections = 10, Subscriptions = 7, AcceptRate = 500, Accepted = 1.5, SendingAway = 2 };
        Assert.Equal(node, NodeAnnouncement.TryParse(node.ToJson()));
    }

    [Fact]
    public void TryParse_FieldsOfALaterMinor_AreIgnored() =>
        Assert.Equal("a", NodeAnnouncement.TryParse("""{"v":1,"node":"a","state":"resting","zone":"x"}"""u8)?.Node);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"v":0,"node":"a"}""")]
    [InlineData("""{"v":2,"node":"a"}""")]
    [InlineData("""{"v":1}""")]
    [InlineData("""{"v":1,"node":7}""")]
    public void TryParse_WhatIsNone_IsNull(string json) => Assert.Null(NodeAnnouncement.TryParse(System.Text.Encoding.UTF8.GetBytes(json)));

    /// <summary>Whatever stands there is reckoned with by this node's drain: it is brought to what a node can be.</summary>
    [Theory]
    [InlineData("1e999", "1e999", 1_000_000d)]
    [InlineData("-1e999", "-5", 0d)]
    [InlineData("-0.5", "-1e308", 0d)]
    [InlineData("1e308", "1e300", 1_000_000d)]
    public void TryParse_RatesThatAreAbsurd_AreClamped(string rate, string other, double clamped)
    {
        var read = NodeAnnouncement.TryParse(System.Text.Encoding.UTF8.GetBytes($$"""{"v":1,"node":"a","state":"ready","accept_rate":{{rate}},"accepted":{{other}},"sending_away":{{rate}}}"""))!;

        Assert.Equal((clamped, clamped, clamped), (read.AcceptRate, read.Accepted, read.SendingAway));
    }

    [Theory]
    [InlineData(int.MinValue, 0)]
    [InlineData(-1, 0)]
    [InlineData(int.MaxValue, 10_000_000)]
    public void TryParse_CountsThatAreAbsurd_AreClamped(int told, int clamped)
    {
        var read = NodeAnnouncement.TryParse(System.Text.Encoding.UTF8.GetBytes($$"""{"v":1,"node":"a","state":"ready","connections":{{told}},"max_connections":{{told}},"subscriptions":{{told}}}"""))!;

        Assert.Equal((clamped, clamped, Math.Max(0, (long)told), false), (read.Connections, read.MaxConnections, read.Subscriptions, read.TakesClients));
    }

    [Theory]
    [InlineData("""{"v":1,"node":"a","connections":99999999999999999999}""")]
    [InlineData("""{"v":1,"node":"a","state":null}""")]
    [InlineData("""{"v":1,"node":"a:b"}""")] // no node is called so, and a name becomes part of a key
    [InlineData("""{"v":1,"node":"a\n"}""")]
    [InlineData("""{"v":1,"node":"\ud800"}""")]
    public void TryParse_WhatNoNodeSays_IsNull(string json) => Assert.Null(NodeAnnouncement.TryParse(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void TryParse_WhatIsTooLong_IsNull_AndALongStateIsNone()
    {
        Assert.Null(NodeAnnouncement.TryParse(new NodeAnnouncement { Node = new string('a', 129) }.ToJson()));
        Assert.NotNull(NodeAnnouncement.TryParse(new NodeAnnouncement { Node = new string('a', 128) }.ToJson()));
        Assert.Null(NodeAnnouncement.TryParse(new NodeAnnouncement { Node = "a", State = new string('x', NodeAnnouncement.MaxBytes) }.ToJson()));
        Assert.Equal("", NodeAnnouncement.TryParse(new NodeAnnouncement { Node = "a", State = new string('x', 33) }.ToJson())!.State);
    }

    [Fact]
    public void TakesClients_AStateThatIsNotKnown_IsNone() => Assert.False(new NodeAnnouncement { State = "resting", MaxConnections = 1 }.TakesClients);
}
