using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Protocols.Json;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Protocols.Json;

public sealed class JsonProtocolTests
{
    [Fact]
    public void Open_IsWelcomedFirst()
    {
        using var harness = new ProtocolHarness();
        var (connection, transport) = harness.Request("/");
        var expected = $$"""{"type":"welcome","connection":"{{connection.Id}}","node":"node-1","heartbeat":25}""";
        Assert.Equal(expected, Assert.Single(transport.Messages));
        Assert.Equal(1, transport.Sends); // with the response
    }

    [Theory]
    [InlineData("""{"type":"subscribe","id":1,"channel":"news"}""", """{"type":"ok","id":1,"channel":"news"}""")]
    [InlineData("""{"type":"subscribe","channel":"news"}""", """{"type":"ok","channel":"news"}""")]
    [InlineData("""{"type":"unsubscribe","id":"two","channel":"news"}""", """{"type":"ok","id":"two","channel":"news"}""")]
    [InlineData("""{"type":"ping","id":4}""", """{"type":"pong","id":4}""")]
    [InlineData("""{"type":"ping"}""", """{"type":"pong"}""")]
    [InlineData("""{"type":"publish","id":5,"channel":"chat:1","data":{"a":1}}""", """{"type":"ok","id":5,"channel":"chat:1"}""")]
    [InlineData("""{"type":"publish","channel":"chat:1","data":null}""", """{"type":"ok","channel":"chat:1"}""")]
    public void Command_Good_IsAnswered(string command, string expected)
    {
        using var harness = new ProtocolHarness(Rules);
        Assert.Equal(expected, Said(harness, command));
    }

    [Theory]
    [InlineData(JsonError.UnknownType, """{"type":"recover","id":1}""")]
    [InlineData(JsonError.InvalidChannel, """{"type":"subscribe","id":1}""")]
    [InlineData(JsonError.InvalidChannel, """{"type":"subscribe","id":1,"channel":"a b"}""")]
    [InlineData(JsonError.InvalidChannel, """{"type":"subscribe","id":1,"channel":"\ud800"}""")]
    [InlineData(JsonError.InvalidChannel, """{"type":"unsubscribe","id":1,"channel":""}""")]
    [InlineData(JsonError.InvalidChannel, """{"type":"publish","id":1,"channel":"a,b","data":1}""")]
    [InlineData(JsonError.Forbidden, """{"type":"subscribe","id":1,"channel":"secret"}""")]
    [InlineData(JsonError.Forbidden, """{"type":"publish","id":1,"channel":"news","data":1}""")]
    [InlineData(JsonError.Forbidden, """{"type":"publish","id":1,"channel":"secret"}""")]
    [InlineData(JsonError.BadRequest, """{"type":"publish","id":1,"channel":"chat:1"}""")]
    public void Command_Wrong_IsAnsweredWithItsCodeAndTheConnectionStays(string code, string command)
    {
        using var harness = new ProtocolHarness(Rules);
        var (connection, transport) = harness.Open();
        transport.Receive(ClientBytes.Text(command));
        IsError(code, "1", Assert.Single(transport.Messages));
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Empty(harness.Channels.Asked);
    }

    [Theory]
    [InlineData("AlreadySubscribed", JsonError.AlreadySubscribed)]
    [InlineData("TooMany", JsonError.TooManySubscriptions)]
    [InlineData("Unavailable", JsonError.Unavailable)]
    public void Subscribe_NotDone_IsAnsweredWithItsCode(string result, string code)
    {
        using var harness = new ProtocolHarness();
        harness.Channels.Subscribed = Enum.Parse<SubscribeResult>(result);
        IsError(code, "1", Said(harness, """{"type":"subscribe","id":1,"channel":"news"}"""));
    }

    [Fact]
    public void Unsubscribe_NotSubscribed_IsAnsweredWithItsCode()
    {
        using var harness = new ProtocolHarness();
        harness.Channels.WasSubscribed = false;
        IsError(JsonError.NotSubscribed, "1", Said(harness, """{"type":"unsubscribe","id":1,"channel":"news"}"""));
    }

    [Theory]
    [InlineData("TooLarge", JsonError.TooLarge)]
    [InlineData("Unavailable", JsonError.Unavailable)]
    public void Publish_NotDone_IsAnsweredWithItsCode(string result, string code)
    {
        using var harness = new ProtocolHarness(Rules);
        harness.Channels.Published = () => new(Enum.Parse<PublishResult>(result));
        IsError(code, "1", Said(harness, """{"type":"publish","id":1,"channel":"chat:1","data":1}"""));
    }

    // With the tests above: the set of codes is closed, and each can come.
    [Fact]
    public void Codes_AreTheClosedSet() => Assert.Equal(
        [
            "already_subscribed", "bad_request", "forbidden", "invalid_channel", "not_subscribed", "overloaded", "rate_limited", "too_large", "too_many_channels", "too_many_subscriptions",
            "unauthorized", "unavailable", "unknown_type",
        ],
        typeof(JsonError).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order());

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{"type":"\ud800"}""")]
    public void Message_ThatIsNoCommand_IsToldWhyAndClosed(string message)
    {
        using var harness = new ProtocolHarness();
        var (connection, transport) = harness.Open();
        transport.Receive(ClientBytes.Text(message));
        Assert.Equal(2, transport.Messages.Count);
        IsError(JsonError.BadRequest, id: null, transport.Messages[0]);
        Assert.Equal("close:4400", transport.Messages[1]);
        Assert.Equal(ConnectionState.Closing, connection.State);
    }

    [Fact]
    public void Message_Binary_IsClosedAsUnsupported()
    {
        using var harness = new ProtocolHarness();
        var (_, transport) = harness.Open();
        transport.Receive(ClientBytes.Frame(Opcode.Binary, """{"type":"ping"}"""u8));
        Assert.Equal("close:1003", Assert.Single(transport.Messages));
    }

    [Fact]
    public void Publish_Data_GoesOutAsItStood()
    {
        using var harness = new ProtocolHarness(Rules);
        Said(harness, """{"type":"publish","channel":"chat:1","data": { "a" : [1.50,"\u0041"] } }""");
        Assert.Equal("""chat:1={ "a" : [1.50,"\u0041"] }""", Assert.Single(harness.Channels.Asked));
    }

    [Fact]
    public async Task Publish_ConfirmedLater_IsAnsweredThen()
    {
        using var harness = new ProtocolHarness(Rules);
        var confirmed = new TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Channels.Published = () => new(confirmed.Task);
        var (_, transport) = harness.Open();
        transport.Receive(ClientBytes.Text("""{"type":"publish","id":1,"channel":"chat:1","data":1}"""));
        transport.Receive(ClientBytes.Text("""{"type":"ping","id":2}"""));
        Assert.Equal("""{"type":"pong","id":2}""", Assert.Single(transport.Messages));

        confirmed.SetResult(PublishResult.Published);
        await Eventually.TrueAsync(() => transport.Messages.Count == 2);
        Assert.Equal("""{"type":"ok","id":1,"channel":"chat:1"}""", transport.Messages[1]);
    }

    [Fact]
    public async Task Commands_AtTheMaximumInFlight_ArePausedUntilOneIsAnswered()
    {
        using var harness = new ProtocolHarness(options => options.Limits.MaxCommandsInFlight = 3);
        harness.Channels.Subscribed = null;
        var (_, transport) = harness.Open();
        var all = Enumerable.Range(0, 10).SelectMany(i => ClientBytes.Text($$"""{"type":"subscribe","id":{{i}},"channel":"c{{i}}"}"""));
        transport.Receive([.. all]);
        Assert.Equal(["+c0", "+c1", "+c2"], harness.Channels.Asked);

        for (var i = 0; i < 10; i++)
        {
            FakeChannels.Answer(harness.Channels.Waiting.Dequeue(), SubscribeResult.Subscribed);
            var expected = Math.Min(10, i + 4);
            await Eventually.TrueAsync(() => harness.Channels.Asked.Count == expected);
            Assert.Equal(expected - i - 1, harness.Channels.Waiting.Count);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $$"""{"type":"ok","id":{{i}},"channel":"c{{i}}"}"""), transport.Messages);
    }

    [Fact]
    public void Pipelined_WithTheRequest_IsAnsweredInOrderAndInOneSend()
    {
        using var harness = new ProtocolHarness();
        var transport = new RecordingTransport();
        transport.Handler = harness.Context.Accept(transport);
        var pings = Enumerable.Range(0, 5).SelectMany(i => ClientBytes.Text($$"""{"type":"ping","id":{{i}}}"""));
        transport.Receive([.. ClientBytes.Upgrade(), .. pings]);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $$"""{"type":"pong","id":{{i}}}"""), transport.Messages.Skip(1));
        Assert.Equal(1, transport.Sends);
    }

    [Fact]
    public void Closed_IsDetachedOnce()
    {
        using var harness = new ProtocolHarness();
        var (connection, _) = harness.Open();
        connection.Abort();
        connection.Abort();
        Assert.Equal([connection], harness.Channels.Detached);
    }

    [Theory]
    [InlineData("\"key\":\"A\",", "prices=1 key A")]
    [InlineData("\"key\":\"\\u00e9\",", "prices=1 key é")]
    [InlineData("", "prices=1")]
    public void Publish_WithAKey_HandsItOn(string key, string expected)
    {
        using var harness = new ProtocolHarness(options => options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone }));
        var (_, transport) = harness.Open();

        transport.Receive(ClientBytes.Frame(Opcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"publish",{{key}}"channel":"prices","data":1}""")));

        Assert.Equal([expected], harness.Channels.Asked);
    }

    [Theory]
    [InlineData("\"\"", true)]
    [InlineData("\"LONG\"", true)]
    [InlineData("\"\\ud800\"", true)]
    [InlineData("5", false)]
    public void Publish_WithAKeyThatIsNone_IsABadRequest(string key, bool stays)
    {
        using var harness = new ProtocolHarness(options => options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone }));
        var (connection, transport) = harness.Open();

        transport.Receive(ClientBytes.Frame(Opcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"publish","channel":"prices","data":1,"key":{{key.Replace("LONG", new string('x', 256), StringComparison.Ordinal)}}}""")));

        Assert.Contains("bad_request", transport.Messages[0], StringComparison.Ordinal);
        Assert.Equal((stays, 0), (connection.State == ConnectionState.Open, harness.Channels.Asked.Count));
    }

    [Theory]
    [InlineData("\"binary\":\"AAH/\"", "prices=0x0001FF")]
    [InlineData("\"binary\":\"AAH\\/\"", "prices=0x0001FF")] // as PHP writes a solidus
    [InlineData("\"binary\":\"AQI=\"", "prices=0x0102")]
    [InlineData("\"binary\":\"\"", "prices=0x")]
    [InlineData("\"data\":null,\"binary\":\"MQ==\"", "prices=0x31")]
    [InlineData("\"data\":1,\"binary\":null", "prices=1")]
    public void Publish_OfBytes_HandsThemOnAsBytes(string fields, string expected)
    {
        using var harness = new ProtocolHarness(options => options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone }));
        var (_, transport) = harness.Open();

        transport.Receive(ClientBytes.Text($$"""{"type":"publish","channel":"prices",{{fields}}}"""));

        Assert.Equal([expected], harness.Channels.Asked);
    }

    [Theory]
    [InlineData("\"binary\":\"AAH\"")]
    [InlineData("\"binary\":\"_-8=\"")]
    [InlineData("\"binary\":\"\\ud800\"")]
    [InlineData("\"data\":1,\"binary\":\"MQ==\"")]
    [InlineData("\"binary\":null")]
    public void Publish_OfBytesThatAreNone_IsABadRequest(string fields)
    {
        using var harness = new ProtocolHarness(options => options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone }));

        IsError(JsonError.BadRequest, "1", Said(harness, $$"""{"type":"publish","id":1,"channel":"prices",{{fields}}}"""));

        Assert.Empty(harness.Channels.Asked);
    }

    [Theory]
    [InlineData(3, "ok")]
    [InlineData(2, "too_large")]
    public void Publish_OfBytes_IsMeasuredByTheBytesAndNotTheirText(int bound, string said)
    {
        using var harness = new ProtocolHarness(options => options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone, MaxPublicationBytes = bound }));

        Assert.Contains(said, Said(harness, """{"type":"publish","id":1,"channel":"prices","binary":"AAH/"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_AfterTheEnd_GoesNowhere()
    {
        using var harness = new ProtocolHarness();
        harness.Channels.Subscribed = null;
        var (connection, transport) = harness.Open();
        transport.Receive(ClientBytes.Text("""{"type":"subscribe","id":1,"channel":"news"}"""));
        connection.Abort();
        FakeChannels.Answer(harness.Channels.Waiting.Dequeue(), SubscribeResult.Subscribed);
        Assert.Empty(transport.Messages);
        Assert.Equal(0, harness.Context.Queues.Rented);
    }

    private static void Rules(GatewayOptions options)
    {
        options.Rules.Add(new RuleOptions { Pattern = "secret", Subscribe = RuleAudience.Nobody });
        options.Rules.Add(new RuleOptions { Pattern = "chat:*", Publish = RuleAudience.Anyone });
        options.Rules.Add(new RuleOptions());
    }

    private static string Said(ProtocolHarness harness, string command)
    {
        var (connection, transport) = harness.Open();
        transport.Receive(ClientBytes.Text(command));
        Assert.Equal(ConnectionState.Open, connection.State);
        return Assert.Single(transport.Messages);
    }

    private static void IsError(string code, string? id, string message)
    {
        var error = JsonSerializer.Deserialize<JsonElement>(message);
        string[] names = id is null ? ["type", "code", "message"] : ["type", "id", "code", "message"];
        Assert.Equal(names, error.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("error", code), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal(id, id is null ? null : error.GetProperty("id").GetRawText());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }
}
