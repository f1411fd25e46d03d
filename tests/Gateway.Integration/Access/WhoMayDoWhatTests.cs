using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Access;

/// <summary>Who may do what, over real sockets; and that nothing of what is refused leaves a trace.</summary>
public sealed class WhoMayDoWhatTests(GuardedNode guarded) : IClassFixture<GuardedNode>
{
    private readonly TestNode _node = guarded.Node;

    public static TheoryData<string, string, string, string> Rows { get; } = new(
        WhoMayDoWhat.Rows.Select(row => new TheoryDataRow<string, string, string, string>(row.Credential, row.Channel, row.Action, row.Expected)));

    public static TheoryData<string, string, string> PlainRows { get; } = new(
        WhoMayDoWhat.Rows.Where(row => row.Action == "subscribe").Select(row => new TheoryDataRow<string, string, string>(row.Credential, row.Channel, row.Expected)));

    [Fact]
    public void Table_BothModes_HasARowForEachOutcomeAndKindOfCredential()
    {
        Assert.True(Rows.Count + PlainRows.Count >= 150);
        Assert.Equal(["later", "no", "ok", "out"], WhoMayDoWhat.Rows.Select(row => row.Expected).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Native_ARow_ComesTrueAndLeavesNoTraceIfRefused(string credential, string channel, string action, string expected)
    {
        await IdleAsync();
        var before = guarded.BrokerOperations;
        await using var client = await WsClient.ConnectAsync(_node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest(headers: Credentials.Header(credential)));
        var head = await client.ReceiveHeadAsync();
        if (expected == "out")
        {
            Assert.StartsWith("HTTP/1.1 401 ", head);
            LeftNoTrace(before);
            return;
        }

        var connection = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString()!;
        await client.SendTextAsync(JsonSerializer.Serialize(new { type = action, id = 7, channel, data = 1 }));
        var reply = await client.ReceiveJsonAsync();

        Assert.Equal(7, reply.GetProperty("id").GetInt32());
        Assert.Equal(expected, Outcome(reply));
        if (expected != "ok")
        {
            LeftNoTrace(before);
            Assert.Equal(0, (await _node.Node.FindConnectionAsync(connection))!.Subscriptions);
        }
    }

    [Theory]
    [MemberData(nameof(PlainRows))]
    public async Task Plain_ARow_ComesTrueBeforeTheUpgradeAndLeavesNoTraceIfRefused(string credential, string channel, string expected)
    {
        foreach (var query in (string[])["", "?later"]) // an admission that is there at once, and one that is waited for
        {
            await IdleAsync();
            var before = guarded.BrokerOperations;
            await using var client = await WsClient.ConnectAsync(_node.EndPoint);
            await client.SendRawAsync(WsClient.UpgradeRequest($"/plain/{Uri.EscapeDataString(channel)}{query}", Credentials.Header(credential)));

            var status = expected switch { "ok" => 101, "no" => 403, "later" => 503, _ => 401 };
            Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReceiveHeadAsync());
            if (expected == "ok")
                await _node.SubscribedAsync(1);
            else
                LeftNoTrace(before);
        }
    }

    [Theory]
    [InlineData("alice", "doc:7", """{"channel":"doc:7"} for 60""", "ok")]
    [InlineData("none", "doc:7", """{"channel":"doc:7"} for 60""", "ok")]
    [InlineData("alice", "doc:7", """{"sub":"alice","channel":"doc:7"} for 60""", "ok")]
    [InlineData("bob", "doc:7", """{"sub":"alice","channel":"doc:7"} for 60""", "no")]
    [InlineData("none", "doc:7", """{"sub":"alice","channel":"doc:7"} for 60""", "no")]
    [InlineData("star", "doc:7", """{"sub":"alice","channel":"doc:7"} for 60""", "no")]
    [InlineData("alice", "doc:7", """{"sub":"*","channel":"doc:7"} for 60""", "no")]
    [InlineData("none", "doc:7", """{"sub":"","channel":"doc:7"} for 60""", "no")]
    [InlineData("alice", "doc:7", """{"sub":7,"channel":"doc:7"} for 60""", "no")]
    [InlineData("alice", "doc:8", """{"channel":"doc:7"} for 60""", "no")]
    [InlineData("alice", "doc:7", """{"channel":"doc:*"} for 60""", "no")]
    [InlineData("alice", "doc:7", """{"channels":["doc:*"]} for 60""", "ok")]
    [InlineData("alice", "doc:7", """{"channels":["a","doc:7"]} for 60""", "ok")]
    [InlineData("alice", "doc:7", """{"channels":["a"],"channel":"doc:7"} for 60""", "ok")]
    [InlineData("alice", "doc:7", """{"channels":[]} for 60""", "no")]
    [InlineData("alice", "doc:7", """{"channels":"*"} for 60""", "no")]
    [InlineData("alice", "doc:7", """{"channels":[7]} for 60""", "no")]
    [InlineData("alice", "doc:7", """{} for 60""", "no")]
    [InlineData("alice", "doc:7", """{"channel":"doc:7"} for -60""", "no")]
    [InlineData("alice", "doc:7", """!{"channel":"doc:7"} for 60""", "no")]
    [InlineData("alice", "closed:a", """{"channels":["*"]} for 60""", "no")]
    [InlineData("alice", "user:bob", """{"channels":["*"]} for 60""", "no")]
    public async Task Native_ASubscriptionToken_CountsForWhomAndWhatItNames(string credential, string channel, string token, string expected)
    {
        await IdleAsync();
        var before = guarded.BrokerOperations;
        await using var client = await WsClient.OpenAsync(_node.EndPoint, headers: Credentials.Header(credential));
        await client.ReceiveJsonAsync();
        await client.SendTextAsync(JsonSerializer.Serialize(new { type = "subscribe", id = 7, channel, token = GuardedNode.Token(token) }));

        Assert.Equal(expected, Outcome(await client.ReceiveJsonAsync()));
        if (expected == "no")
            LeftNoTrace(before);
    }

    [Theory]
    [InlineData("small:a", "1234", "ok")]
    [InlineData("small:a", "12345", "too_large")]
    [InlineData("small-ask:yes", "1234", "ok")]
    [InlineData("small-ask:yes", "12345", "too_large")]
    [InlineData("small-ask:no", "12345", "no")]
    public async Task Native_ARulesOwnBound_HoldsForClients(string channel, string data, string expected)
    {
        await IdleAsync();
        var before = guarded.BrokerOperations;
        await using var client = await WsClient.OpenJsonAsync(_node.EndPoint);
        await client.SendTextAsync($$"""{"type":"publish","id":7,"channel":"{{channel}}","data":{{data}}}""");

        var reply = await client.ReceiveJsonAsync();
        if (expected == "too_large")
            Assert.Equal("too_large", reply.GetProperty("code").GetString());
        else
            Assert.Equal(expected, Outcome(reply));
        if (expected != "ok")
            LeftNoTrace(before);
    }

    [Fact]
    public async Task Plain_OneOfSeveralThatMayNotBe_RefusesAllOfThem()
    {
        await IdleAsync();
        var before = guarded.BrokerOperations;
        await using var client = await WsClient.ConnectAsync(_node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest("/plain/news,ask:yes,public:a,ask:no"));

        Assert.StartsWith("HTTP/1.1 403 ", await client.ReceiveHeadAsync());
        LeftNoTrace(before);
    }

    private static string Outcome(JsonElement reply) => reply.GetProperty("type").GetString() == "ok" ? "ok" : reply.GetProperty("code").GetString() switch
    {
        "forbidden" => "no",
        "unavailable" => "later",
        var other => other!,
    };

    /// <summary>Nothing of it in the directory, in a shard, or at the broker.</summary>
    private void LeftNoTrace(int before)
    {
        Assert.Equal(before, guarded.BrokerOperations);
        Assert.Equal(0, _node.Node.ChannelCount);
        Assert.Equal(0, _node.Node.SubscriptionCount);
    }

    /// <summary>Waits until the row before has left.</summary>
    private Task IdleAsync() => Eventually.TrueAsync(() => _node.Node.ConnectionCount == 0 && _node.Node.ChannelCount == 0 && _node.Node.SubscriptionCount == 0);
}
