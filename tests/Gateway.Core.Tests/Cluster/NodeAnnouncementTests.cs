using Gateway.Core.Brokers;

namespace Gateway.Core.Tests.Cluster;

public sealed class NodeAnnouncementTests
{
    [Fact]
    public void Json_ReadBack_IsTheSame()
    {
        var node = new NodeAnnouncement { Node = "a", State = NodeStates.Ready, Connections = 3, MaxConnections = 10, AcceptRate = 500, Accepted = 1.5, SendingAway = 2 };
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

    [Fact]
    public void TakesClients_AStateThatIsNotKnown_IsNone() => Assert.False(new NodeAnnouncement { State = "resting", MaxConnections = 1 }.TakesClients);
}
