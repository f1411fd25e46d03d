using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Connections;

/// <summary>The ends that a node remembers.</summary>
public sealed class EndedConnectionsTests
{
    [Fact]
    public void Add_MoreThanAreKept_ForgetsTheOldest()
    {
        var ended = new EndedConnections();
        for (ulong id = 0; id <= EndedConnections.Kept; id++)
            ended.Add(End(id, CloseReason.SlowConsumer));

        Assert.Equal(EndedConnections.Kept, ended.Count);
        Assert.Null(ended.Find(new ConnectionId(0)));
        Assert.Equal(CloseReason.SlowConsumer, ended.Find(new ConnectionId(1))!.Value.Reason);
        Assert.NotNull(ended.Find(new ConnectionId(EndedConnections.Kept)));
    }

    [Fact]
    public void Add_ClientsThatLeave_PushOutNoVerdict()
    {
        var ended = new EndedConnections();
        ended.Add(End(1, CloseReason.SlowConsumer));
        for (ulong id = 2; id < 2 + (2 * EndedConnections.Kept); id++)
            ended.Add(End(id, id % 2 == 0 ? CloseReason.ClosedByClient : CloseReason.ConnectionLost));

        Assert.Equal(CloseReason.SlowConsumer, ended.Find(new ConnectionId(1))!.Value.Reason);
    }

    [Fact]
    public void Latest_OfBothKinds_AreInTheOrderOfTheirEnds()
    {
        var ended = new EndedConnections();
        Assert.Empty(ended.Latest(5));
        for (ulong id = 0; id < EndedConnections.Kept + 3; id++)
            ended.Add(End(id, CloseReason.ClosedByClient) with { At = DateTimeOffset.UnixEpoch.AddSeconds(id) });
        ended.Add(End(9999, CloseReason.SlowConsumer) with { At = DateTimeOffset.UnixEpoch.AddSeconds(EndedConnections.Kept + 0.5) });

        Assert.Equal<ulong>(
            [EndedConnections.Kept + 2, EndedConnections.Kept + 1, 9999, EndedConnections.Kept],
            ended.Latest(4).Select(one => one.Id.Value));
        Assert.Equal(EndedConnections.Kept + 1, ended.Latest(2 * EndedConnections.Kept).Count);
    }

    /// <summary>The kernel's verdict may be known after the end of the stream was.</summary>
    [Fact]
    public void Add_ASlowConsumerThatWasTakenForLost_IsOneWithWhatWaitedThen()
    {
        var ended = new EndedConnections();
        ended.Add(End(1, CloseReason.ConnectionLost) with { QueuedBytes = 2000, Dropped = 2 });
        ended.Add(End(1, CloseReason.SlowConsumer));

        var only = Assert.Single(ended.Latest(5));
        Assert.Equal((CloseReason.SlowConsumer, 2000L, 2), (only.Reason, only.QueuedBytes, only.Dropped));
        Assert.Equal(only, ended.Find(new ConnectionId(1)));
    }

    [Fact]
    public void Close_AsASlowConsumer_IsRememberedWithWhatWaited()
    {
        using var harness = new ProtocolHarness();
        var (connection, transport) = harness.Open("/");
        transport.Takes = _ => 0;
        connection.Send(OutboundFrame.Create(Opcode.Text, new byte[100])); // stands in front of the rest
        connection.Send(OutboundFrame.Create(Opcode.Text, new byte[1000]));
        connection.Send(OutboundFrame.Create(Opcode.Text, new byte[1000]));

        connection.Close(CloseReason.SlowConsumer);

        var end = harness.Context.Ended.Find(connection.Id)!.Value;
        Assert.Equal((CloseReason.SlowConsumer, "json", 2), (end.Reason, end.Protocol, end.Dropped));
        Assert.InRange(end.QueuedBytes, 2000, 2100);
        Assert.Equal(transport.RemoteEndPoint, end.RemoteEndPoint);

        transport.Abort();
        Assert.Equal(1, harness.Context.Ended.Count); // its end is one
    }

    [Fact]
    public void Reset_ByThePeer_IsRememberedAsLost()
    {
        using var harness = new ProtocolHarness();
        var (connection, transport) = harness.Open("/");

        transport.Abort();

        Assert.Equal(CloseReason.ConnectionLost, harness.Context.Ended.Find(connection.Id)!.Value.Reason);
    }

    [Fact]
    public void Refusal_InTheHandshake_IsNotRemembered()
    {
        using var harness = new ProtocolHarness();
        var (_, transport) = harness.Request("/nothing-here");
        transport.Abort();

        Assert.Equal(0, harness.Context.Ended.Count);
    }

    private static EndedConnection End(ulong id, CloseReason reason) => new(new ConnectionId(id), reason, DateTimeOffset.UnixEpoch, "json", null, 0, 0);
}
