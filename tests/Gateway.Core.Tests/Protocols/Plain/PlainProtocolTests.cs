using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Protocols.Plain;

public sealed class PlainProtocolTests
{
    [Fact]
    public void Open_SubscribesToEachChannelAndSaysNothing()
    {
        using var harness = new ProtocolHarness();
        var (connection, transport) = harness.Open("/plain/b,a,b");
        Assert.Equal(["+b", "+a"], harness.Channels.Asked);
        Assert.Empty(transport.Messages);
        Assert.Null(connection.ProtocolState);
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Binary")]
    public void Message_OfAnyKind_IsClosedAsUnsupported(string opcode)
    {
        using var harness = new ProtocolHarness();
        var (_, transport) = harness.Open("/plain/news");
        transport.Receive(ClientBytes.Frame(Enum.Parse<Opcode>(opcode), "x"u8));
        Assert.Equal("close:1003", Assert.Single(transport.Messages));
    }

    [Theory]
    [InlineData(nameof(SubscribeResult.Unavailable))]
    [InlineData(nameof(SubscribeResult.TooManyChannels))]
    [InlineData(nameof(SubscribeResult.Overloaded))]
    public void Subscribe_ThatTheNodeCannotDoNow_IsClosedToTryAgain(string result)
    {
        using var harness = new ProtocolHarness();
        harness.Channels.Subscribed = Enum.Parse<SubscribeResult>(result);
        var (connection, transport) = harness.Request("/plain/news");
        Assert.Equal("close:1013", Assert.Single(transport.Messages));
        Assert.Equal(ConnectionState.Closing, connection.State);
    }

    [Fact]
    public void Gap_IsNotToldForThereIsNoWayTo()
    {
        using var harness = new ProtocolHarness();
        var (connection, transport) = harness.Open("/plain/news");
        connection.Protocol!.OnGap(connection, TimeSpan.FromSeconds(1));
        Assert.Null(connection.Protocol.FarewellFrame(TimeSpan.FromSeconds(1), Farewell.Drain.Word));
        Assert.Empty(transport.Messages);
    }

    [Fact]
    public void Closed_IsDetached()
    {
        using var harness = new ProtocolHarness();
        var (connection, _) = harness.Open("/plain/news");
        connection.Abort();
        Assert.Equal([connection], harness.Channels.Detached);
    }
}
