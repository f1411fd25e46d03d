using System.Text;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Access;

/// <summary>While the backend is asked: what goes on, what waits, and what becomes of who leaves.</summary>
public sealed class AskedTests
{
    private readonly ScriptedAuthorizer _backend = new();
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Subscribe_WhileItIsAsked_OtherChannelsGoOn()
    {
        await using var node = await StartAsync();
        _backend.Answering = _ => _answer.Task;
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);

        await client.SendTextAsync("""{"type":"subscribe","id":1,"channel":"ask:yes"}""");
        await client.SendTextAsync("""{"type":"subscribe","id":2,"channel":"news"}""");
        await client.SendTextAsync("""{"type":"publish","id":3,"channel":"chat","data":1}""");
        await client.SendTextAsync("""{"type":"ping","id":4}""");

        Assert.Equal([2, 3, 4], (await IdsAsync(client, 3)).Order()); // those of different channels, in any order
        _answer.SetResult();
        Assert.Equal([1], await IdsAsync(client, 1));
    }

    [Fact]
    public async Task Subscribe_AnsweredLaterToAChannelThatIsThere_IsToldAtOnce()
    {
        await using var node = await StartAsync();
        await using var other = await WsClient.OpenAsync(node.EndPoint, "/plain/ask:yes");
        await node.SubscribedAsync(1);
        _backend.Answering = _ => _answer.Task;
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SendTextAsync("""{"type":"subscribe","id":1,"channel":"ask:yes"}""");
        await client.SendTextAsync("""{"type":"unsubscribe","id":2,"channel":"ask:yes"}""");
        await Eventually.TrueAsync(() => _backend.Asked == 2);
        _answer.SetResult();

        Assert.Equal([1, 2], await IdsAsync(client, 2));
    }

    [Theory]
    [InlineData("ask:yes", "ok ok ok")]
    [InlineData("ask:no", "forbidden not_subscribed forbidden")]
    public async Task Unsubscribe_BehindASubscribeThatIsAsked_KeepsItsMeaning(string channel, string expected)
    {
        await using var node = await StartAsync();
        _backend.Answering = _ => _answer.Task;
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);

        await client.SendTextAsync($$"""{"type":"subscribe","id":1,"channel":"{{channel}}"}""");
        await client.SendTextAsync($$"""{"type":"unsubscribe","id":2,"channel":"{{channel}}"}""");
        await client.SendTextAsync($$"""{"type":"subscribe","id":3,"channel":"{{channel}}"}""");
        await Eventually.TrueAsync(() => _backend.Asked == 1);
        _answer.SetResult();

        var replies = new List<string>();
        for (var id = 1; id <= 3; id++)
        {
            var reply = await client.ReceiveJsonAsync();
            Assert.Equal(id, reply.GetProperty("id").GetInt32());
            replies.Add(reply.TryGetProperty("code", out var code) ? code.GetString()! : "ok");
        }

        Assert.Equal(expected, string.Join(' ', replies));
        Assert.Equal(expected.EndsWith("ok", StringComparison.Ordinal) ? 1 : 0, node.Node.SubscriptionCount);
    }

    [Fact]
    public async Task Publish_ManyThatAreAsked_KeepTheirOrder()
    {
        const int Count = 40;
        await using var node = await StartAsync();
        var turn = 0;
        // Each answer comes after another number of hops: without an order of their own they would overtake each other.
        _backend.Answering = async _ =>
        {
            for (var i = Interlocked.Increment(ref turn) % 7; i > 0; i--)
                await Task.Yield();
        };
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await using var listener = await WsClient.OpenAsync(node.EndPoint, "/plain/ask:yes");
        await node.SubscribedAsync(1);

        var frames = Enumerable.Range(0, Count).SelectMany(i => WsClient.Frame(Opcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"publish","id":{{i}},"channel":"ask:yes","data":{{i}}}""")));
        await client.SendRawAsync(frames.ToArray());

        for (var i = 0; i < Count; i++)
            Assert.Equal($"{i}", Encoding.UTF8.GetString((await listener.ReceiveAsync())!.Value.Payload));
        Assert.Equal(Enumerable.Range(0, Count), (await IdsAsync(client, Count)).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_GoneWhileItIsAsked_LeavesNoTrace(bool isPlain)
    {
        await using var node = await StartAsync();
        _backend.Answering = _ => _answer.Task;
        var client = await WsClient.ConnectAsync(node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest(isPlain ? "/plain/ask:yes" : "/"));
        if (!isPlain)
        {
            await client.SendTextAsync("""{"type":"subscribe","id":1,"channel":"ask:yes"}""");
            await client.SendTextAsync("""{"type":"publish","id":2,"channel":"ask:publish","data":1}""");
        }

        await Eventually.TrueAsync(() => _backend.Asked == (isPlain ? 1 : 2));
        client.Socket.Close(0); // a reset
        await client.DisposeAsync();
        if (!isPlain)
            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 0);
        _answer.SetResult();

        await node.ReturnsToBaselineAsync();
        // A socket that is not read while it is admitted tells of its end afterwards: the channel may be there for that moment.
        await Eventually.TrueAsync(() => node.Node.ChannelCount == 0);
    }

    [Fact]
    public async Task Commands_ThatAreAsked_AreBoundedInFlight()
    {
        await using var node = await StartAsync(options => options.Limits.MaxCommandsInFlight = 3);
        _backend.Answering = _ => _answer.Task;
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        for (var i = 0; i < 10; i++)
            await client.SendTextAsync($$"""{"type":"subscribe","id":{{i}},"channel":"ask:{{i}}:yes"}""");

        var connection = node.Connections.Registry.All().Single();
        await Eventually.TrueAsync(() => connection.Pause == Core.Connections.MessageResult.AwaitCommands);
        Assert.Equal(3, _backend.Asked);
        _answer.SetResult();

        Assert.Equal(Enumerable.Range(0, 10), (await IdsAsync(client, 10)).Order());
        Assert.Equal(10, node.Node.SubscriptionCount);
    }

    [Fact]
    public async Task Plain_AnAnswerThatDoesNotCome_EndsWithTheHandshakesTime()
    {
        await using var node = await StartAsync(options => options.Handshake.Timeout = TimeSpan.FromSeconds(1));
        _backend.Answering = _ => _answer.Task;
        await using var client = await WsClient.ConnectAsync(node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest("/plain/ask:yes"));

        Assert.StartsWith("HTTP/1.1 503 ", await client.ReceiveHeadAsync());
        _answer.SetResult();
        await Eventually.TrueAsync(() => node.Node.SubscriptionCount == 0 && node.Node.ChannelCount == 0);
    }

    [Fact]
    public async Task Connection_ThatAskedNobodyForAWhile_KeepsNothingForIt()
    {
        await using var node = await StartAsync();
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        _backend.Answering = async _ => await Task.Yield();
        await client.SubscribeAsync("ask:yes");

        var connection = node.Connections.Registry.All().Single();
        await Eventually.TrueAsync(() => connection.ProtocolState is null && connection.CommandsInFlight == 0);
    }

    private Task<TestNode> StartAsync(Action<GatewayOptions>? configure = null) => TestNode.StartAsync(
        options =>
        {
            options.Channels.LeaveAfter = TimeSpan.Zero;
            options.Rules.Add(new RuleOptions { Pattern = "ask:*", Subscribe = RuleAudience.Authorizer, Publish = RuleAudience.Authorizer });
            options.Rules.Add(new RuleOptions { Pattern = "chat", Publish = RuleAudience.Anyone });
            options.Rules.Add(new RuleOptions());
            configure?.Invoke(options);
        },
        authorizer: _backend);

    private static async Task<List<int>> IdsAsync(WsClient client, int count)
    {
        var ids = new List<int>();
        while (ids.Count < count)
            ids.Add((await client.ReceiveJsonAsync()).GetProperty("id").GetInt32());
        return ids;
    }
}
