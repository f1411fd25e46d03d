using System.Text;
using System.Text.Json;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Access;

/// <summary>
/// Who may do what, over real sockets, from the token to the answer; and that nothing of what is refused leaves a trace.
/// </summary>
public sealed class WhoMayDoWhatTests(GuardedNodes nodes) : IClassFixture<GuardedNodes>
{
    public static TheoryData<string, string, string, string> Rows { get; } = new(
        WhoMayDoWhat.Rows.Select(row => new TheoryDataRow<string, string, string, string>(row.Credential, row.Channel, row.Action, row.Expected)));

    /// <summary>Plain mode has no place for a publish, and none for a subscription token.</summary>
    public static TheoryData<string, string, string> PlainRows { get; } = new(
        WhoMayDoWhat.Rows.Where(row => row.Action == "subscribe" && !row.Credential.Contains('+', StringComparison.Ordinal))
            .Select(row => new TheoryDataRow<string, string, string>(row.Credential, row.Channel, row.Expected)));

    public static TheoryData<string, string, string> KeptOutRows { get; } = new(
        from way in KeptOut.Names from line in WhoMayDoWhat.Lines select new TheoryDataRow<string, string, string>(way, line.Channel, line.Action));

    public static TheoryData<string, string> PlainKeptOutRows { get; } = new(
        from way in KeptOut.Names from line in WhoMayDoWhat.Lines where line.Action == "subscribe" select new TheoryDataRow<string, string>(way, line.Channel));

    public static TheoryData<string> Tokens { get; } = new(KeptOut.Names.Where(way => KeptOut.By(way).Token is not null));

    [Fact]
    public void Table_EachKindOfCredentialAndRule_HasARow()
    {
        var shown = WhoMayDoWhat.Rows.SelectMany(row => row.Credential.Split('+')).ToHashSet();
        Assert.Empty(Credentials.Names.Concat(SubscriptionTokens.Names).Except(shown));
        Assert.Equal(["later", "no", "ok"], WhoMayDoWhat.Rows.Select(row => row.Expected).Distinct().Order());
        var asked = GuardedNode.Rules.Where(rule => WhoMayDoWhat.Lines.Any(line => line.Action == "subscribe" && line.Channel.StartsWith(rule.Pattern.Split('*', '{')[0], StringComparison.Ordinal)));
        Assert.Empty(Enum.GetValues<RuleAudience>().Except(asked.Select(rule => rule.Subscribe)));
        // None says two things, and none stands there twice.
        Assert.Distinct(WhoMayDoWhat.Rows.Select(row => (row.Credential, row.Channel, row.Action)));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Native_ARow_ComesTrueAndLeavesNoTraceIfRefused(string credential, string channel, string action, string expected)
    {
        var (guarded, before) = await IdleAsync(credential);
        var shown = credential.Split('+');
        await using var client = await WsClient.OpenAsync(guarded.Node.EndPoint, headers: Credentials.Of(shown[0]));
        var connection = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString()!;
        await client.SendTextAsync(Command(action, channel, shown.Length > 1 ? SubscriptionTokens.Of(shown[1]) : null));
        var reply = await client.ReceiveJsonAsync();

        Assert.Equal(7, reply.GetProperty("id").GetInt32());
        Assert.Equal(expected, Outcome(reply));
        if (expected != "ok")
        {
            guarded.HasNoTrace(before);
            Assert.Equal(0, (await guarded.Node.Node.Facts.FindConnectionAsync(connection, 1000))!.Subscriptions);
        }
    }

    [Theory]
    [MemberData(nameof(PlainRows))]
    public async Task Plain_ARow_ComesTrueBeforeTheUpgradeAndLeavesNoTraceIfRefused(string credential, string channel, string expected)
    {
        foreach (var isLate in (bool[])[false, true])
        {
            var (guarded, before) = await IdleAsync(credential, isLate);
            await using var client = await WsClient.ConnectAsync(guarded.Node.EndPoint);
            await client.SendRawAsync(WsClient.UpgradeRequest(Plain(channel), Credentials.Of(credential)));

            var status = expected switch { "ok" => 101, "no" => 403, _ => 503 };
            Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReceiveHeadAsync());
            if (expected == "ok")
                await guarded.Node.SubscribedAsync(1);
            else
                guarded.HasNoTrace(before);
        }
    }

    /// <summary>With the command right behind the request, as nobody can keep a client from sending it.</summary>
    [Theory]
    [MemberData(nameof(KeptOutRows))]
    public async Task Native_WhoIsKeptOut_IsToldWhyAndLeavesNoTrace(string way, string channel, string action) =>
        await StaysOutAsync(way, "/", Frame(action, channel));

    [Theory]
    [MemberData(nameof(PlainKeptOutRows))]
    public async Task Plain_WhoIsKeptOut_IsToldWhyAndLeavesNoTrace(string way, string channel) => await StaysOutAsync(way, Plain(channel), []);

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task BothModes_WhoIsKeptOutByAWordThatIsWaitedFor_LeavesNoTrace(string way)
    {
        await StaysOutAsync(way, "/", Frame("subscribe", "public:a"), isLate: true);
        await StaysOutAsync(way, "/", Frame("publish", "public:a"), isLate: true);
        await StaysOutAsync(way, Plain("public:a"), [], isLate: true);
    }

    /// <summary>The other door: what is no good at the first is none there either, and gives nothing.</summary>
    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Refresh_ByATokenThatIsNoGood_ChangesNothing(string way)
    {
        var (guarded, _) = await IdleAsync(way);
        await using var client = await guarded.Node.OpenAsync(Credentials.TokenOf("alice"));

        Assert.Equal("unauthorized", Outcome(await AskAsync(client, new { type = "refresh", id = 7, token = KeptOut.By(way).Token })));
        Assert.Equal("no", Outcome(await AskAsync(client, new { type = "subscribe", id = 7, channel = "claim:read" })));
        Assert.Equal("ok", Outcome(await AskAsync(client, new { type = "refresh", id = 7, token = Credentials.TokenOf("almighty") })));
        Assert.Equal("ok", Outcome(await AskAsync(client, new { type = "subscribe", id = 7, channel = "claim:read" })));
    }

    [Theory]
    [InlineData("small:a", "1234", "ok")]
    [InlineData("small:a", "12345", "too_large")]
    [InlineData("small-ask:yes", "1234", "ok")]
    [InlineData("small-ask:yes", "12345", "too_large")]
    [InlineData("small-ask:no", "12345", "no")]
    public async Task Native_ARulesOwnBound_HoldsForClients(string channel, string data, string expected)
    {
        var (guarded, before) = await IdleAsync(Credentials.None);
        await using var client = await WsClient.OpenJsonAsync(guarded.Node.EndPoint);
        await client.SendTextAsync($$"""{"type":"publish","id":7,"channel":"{{channel}}","data":{{data}}}""");

        Assert.Equal(expected, Outcome(await client.ReceiveJsonAsync()));
        if (expected != "ok")
            guarded.HasNoTrace(before);
    }

    [Fact]
    public async Task Plain_OneOfSeveralThatMayNotBe_RefusesAllOfThem()
    {
        var (guarded, before) = await IdleAsync(Credentials.None);
        await using var client = await WsClient.ConnectAsync(guarded.Node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest("/plain/news,ask:yes,public:a,ask:no"));

        Assert.StartsWith("HTTP/1.1 403 ", await client.ReceiveHeadAsync());
        guarded.HasNoTrace(before);
    }

    private async Task StaysOutAsync(string way, string path, byte[] behind, bool isLate = false)
    {
        var (headers, status, reason, error) = KeptOut.By(way);
        var (guarded, before) = await IdleAsync(way, isLate);
        await using (var client = await WsClient.ConnectAsync(guarded.Node.EndPoint))
        {
            await client.SendRawAsync((byte[])[.. Encoding.ASCII.GetBytes(WsClient.UpgradeRequest(path, headers)), .. behind]);
            var head = await client.ReceiveHeadAsync();
            Assert.StartsWith($"HTTP/1.1 {status} ", head);
            var line = Assert.Single(Encoding.UTF8.GetString(await client.ReceiveToEndAsync()).TrimEnd().Split('\n')); // and no frame
            Assert.Contains(reason, line);
            Assert.Equal(error is not null, head.Contains("WWW-Authenticate: Bearer", StringComparison.Ordinal));
            Assert.Equal(error is { Length: > 0 }, head.Contains($"WWW-Authenticate: Bearer error=\"{error}\", ", StringComparison.Ordinal));
        }

        await guarded.IdleAsync();
        guarded.HasNoTrace(before);
    }

    /// <summary>The node of a client, with nothing left of the row before, and how much it has asked of its broker.</summary>
    private async Task<(GuardedNode Guarded, int BrokerOperations)> IdleAsync(string credential, bool isLate = false)
    {
        var guarded = nodes.For(credential);
        nodes.Validator.IsLate = isLate;
        await guarded.IdleAsync();
        return (guarded, guarded.BrokerOperations);
    }

    private static async Task<JsonElement> AskAsync(WsClient client, object command)
    {
        await client.SendTextAsync(JsonSerializer.Serialize(command));
        return await client.ReceiveJsonAsync();
    }

    private static byte[] Frame(string action, string channel) => WsClient.Frame(Opcode.Text, Encoding.UTF8.GetBytes(Command(action, channel, SubscriptionTokens.Of("all"))));

    private static string Plain(string channel) => $"/plain/{Uri.EscapeDataString(channel)}";

    private static string Command(string action, string channel, string? token) => token is null
        ? JsonSerializer.Serialize(new { type = action, id = 7, channel, data = 1 })
        : JsonSerializer.Serialize(new { type = action, id = 7, channel, data = 1, token });

    private static string Outcome(JsonElement reply) => reply.GetProperty("type").GetString() == "ok" ? "ok" : reply.GetProperty("code").GetString() switch
    {
        "forbidden" => "no",
        "unavailable" => "later",
        var other => other!,
    };
}
