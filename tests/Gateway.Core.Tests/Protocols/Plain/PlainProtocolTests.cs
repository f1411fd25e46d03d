using Gateway.Core.Access;
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

    /// <summary>There is no message that could tell which of the channels it has not got.</summary>
    [Theory]
    [InlineData("TooMany")]
    [InlineData("TooManyChannels")]
    [InlineData("Unavailable")]
    public void Subscribe_OneOfTheChannelsIsNotGot_IsClosedToTryAgain(string result)
    {
        using var harness = new ProtocolHarness();
        harness.Channels.Subscribed = null;
        var (_, transport) = harness.Open("/plain/a,b,c");

        harness.Channels.Waiting.Dequeue().Complete(SubscribeResult.Subscribed);
        harness.Channels.Waiting.Dequeue().Complete(Enum.Parse<SubscribeResult>(result));
        harness.Channels.Waiting.Dequeue().Complete(SubscribeResult.Subscribed);

        Assert.Equal("close:1013", Assert.Single(transport.Messages));
    }

    [Theory]
    [InlineData(3, null, "HTTP/1.1 101 Switching Protocols")]
    [InlineData(2, null, "HTTP/1.1 400 Bad Request")]
    [InlineData(3, 3, "HTTP/1.1 101 Switching Protocols")]
    [InlineData(3, 2, "HTTP/1.1 403 Forbidden")]
    [InlineData(3, 0, "HTTP/1.1 403 Forbidden")]
    public void Open_MoreChannelsThanTheNodeOrTheTokenAllows_IsRefusedAsAWhole(int node, int? token, string line)
    {
        using var harness = new ProtocolHarness(options => options.Limits.MaxSubscriptions = node, new Limited(token));

        Assert.Equal(line, harness.Response("/plain/a,b,c", "Authorization: Bearer x\r\n").Line);
        Assert.Equal(line.Contains("101", StringComparison.Ordinal) ? 3 : 0, harness.Channels.Asked.Count);
    }

    private sealed class Limited(int? subscriptions) : ITokenValidator
    {
        public TimeSpan ClockSkew => TimeSpan.Zero;

        public ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken) =>
            new(new TokenVerdict(new ClientIdentity { Subject = "u1", Limits = new ClientLimits(null, subscriptions, null, null) }, ""));
    }

    [Fact]
    public void Gap_IsNotToldForThereIsNoWayTo()
    {
        using var harness = new ProtocolHarness();
        var (connection, transport) = harness.Open("/plain/news");
        connection.Protocol!.OnGap(connection, TimeSpan.FromSeconds(1), TimeSpan.Zero);
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
