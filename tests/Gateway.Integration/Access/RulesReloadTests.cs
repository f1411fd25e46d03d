using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Access;

/// <summary>Rules that change while the node runs.</summary>
public sealed class RulesReloadTests
{
    private const string Everything = """[ { "Pattern": "*" } ]""";
    private const string NewsOnly = """[ { "Pattern": "news" }, { "Pattern": "*", "Subscribe": "nobody" } ]""";

    [Fact]
    public async Task Reload_OtherRules_HoldForNewRequestsAndEndWhatTheyForbid()
    {
        await using var gateway = await HostedGateway.StartAsync(Everything);
        using var metrics = new MetricsReader(gateway.Metrics);
        await using var client = await WsClient.OpenJsonAsync(gateway.EndPoint);
        await using var plain = await WsClient.OpenAsync(gateway.EndPoint, "/plain/news,chat");
        await using var lucky = await WsClient.OpenAsync(gateway.EndPoint, "/plain/news");
        await client.SubscribeAsync("chat");
        await client.SubscribeAsync("news");
        await Eventually.TrueAsync(() => gateway.Node.SubscriptionCount == 5);
        var before = await HashAsync(gateway);

        gateway.Write(NewsOnly);

        var told = await client.ReceiveJsonAsync();
        Assert.Equal(("unsubscribed", "chat", "rules"), (told.GetProperty("type").GetString(), told.GetProperty("channel").GetString(), told.GetProperty("reason").GetString()));
        Assert.Equal(4403, (await plain.ReceiveCloseAsync()).Code);
        await Eventually.TrueAsync(() => gateway.Node.SubscriptionCount == 2);
        await gateway.Node.RulesReviewed;
        await client.SendTextAsync("""{"type":"subscribe","id":1,"channel":"chat"}""");
        Assert.Equal("forbidden", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
        Assert.NotEqual(before, await HashAsync(gateway));
        await metrics.BecomesAsync("gateway.rules.reloads{result=loaded}", 1);
        Assert.Equal(2, metrics["gateway.subscriptions.forbidden"]);

        gateway.Write(Everything);
        await Eventually.TrueAsync(async () => await HashAsync(gateway) == before);
        await client.SubscribeAsync("chat");
    }

    [Fact]
    public async Task Reload_AWrongSet_KeepsTheOldOneAndSaysAllThatIsWrong()
    {
        await using var gateway = await HostedGateway.StartAsync(NewsOnly);
        using var metrics = new MetricsReader(gateway.Metrics);
        var before = await HashAsync(gateway);

        gateway.Write("""[ { "Pattern": "user:{sub", "Subscribe": "everyone" }, { "Pattern": "a" }, { "Pattern": "a", "Publish": "token" }, { "Pattern": "b", "Subscribe": "authorizer" } ]""");
        await metrics.BecomesAsync("gateway.rules.reloads{result=failed}", 1);
        var line = Assert.Single(gateway.Logs.Lines, line => line.Message.Contains("stay as they were", StringComparison.Ordinal)).Message;
        Assert.All((string[])["Gateway:Rules:0:Pattern", "Gateway:Rules:0:Subscribe", "Gateway:Rules:2:Pattern", "Gateway:Rules:2:Publish", "Gateway:Rules:3:Subscribe"], option => Assert.Contains(option, line));

        gateway.Write("[ not json");
        await metrics.BecomesAsync("gateway.rules.reloads{result=failed}", 2);
        gateway.Write("""[ { "Pattern": "b", "Subscribe": "authorizer" } ]""", """ "Authorizer": { "Uri": "http://127.0.0.1:1/" }, """);
        await metrics.BecomesAsync("gateway.rules.reloads{result=failed}", 3); // there is nobody to ask before a restart

        Assert.Equal(before, await HashAsync(gateway));
        await using var client = await WsClient.OpenJsonAsync(gateway.EndPoint);
        await client.SubscribeAsync("news");
    }

    [Fact]
    public async Task Reload_AnotherLogLevel_IsTakenUpAndAWrongOneHarmsNothing()
    {
        await using var gateway = await HostedGateway.StartAsync(Everything);
        using var metrics = new MetricsReader(gateway.Metrics);
        Assert.Equal(LogLevel.Information, gateway.Level);

        gateway.Write(Everything, level: "Warning");
        await Eventually.TrueAsync(() => gateway.Level == LogLevel.Warning);

        gateway.Write(Everything, level: "Loud");
        await metrics.BecomesAsync("gateway.rules.reloads{result=failed}", 1);
        Assert.Equal(LogLevel.Warning, gateway.Level);
        Assert.Contains(gateway.Logs.Lines, line => line.Message.Contains("Logging:LogLevel:Gateway", StringComparison.Ordinal));

        gateway.Write(NewsOnly, level: "Debug");
        await Eventually.TrueAsync(() => gateway.Level == LogLevel.Debug);
        await metrics.BecomesAsync("gateway.rules.reloads{result=loaded}", 1);
    }

    [Fact]
    public async Task Reload_WhileClientsSubscribe_LeavesNoSubscriptionThatIsForbidden()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        Core.Options.RuleOptions[] open = [new()], shut = [new() { Pattern = "none" }];
        for (var i = 0; i < 20; i++)
        {
            node.Node.Rules.ApplyRules(open);
            for (var j = 0; j < 20; j++)
                await client.SendTextAsync($$"""{"type":"subscribe","channel":"c{{i}}-{{j}}"}""");
            node.Node.Rules.ApplyRules(shut);
        }

        await client.SendTextAsync("""{"type":"ping","id":1}""");
        while ((await client.ReceiveJsonAsync()).GetProperty("type").GetString() != "pong")
        {
        }

        await node.Node.RulesReviewed;
        await Eventually.TrueAsync(() => node.Node.SubscriptionCount == 0);
    }

    /// <summary>A slip of the pen that takes a tenth of the subscriptions is worth a warning that says which; less is a change as any other.</summary>
    [Theory]
    [InlineData(10, 1603, LogLevel.Warning)]
    [InlineData(11, 1601, LogLevel.Information)]
    public async Task Reload_ThatEndsATenth_WarnsWithAnExample(int subscriptions, int id, LogLevel level)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        for (var i = 1; i < subscriptions; i++)
            await client.SubscribeAsync($"kept-{i}");
        await client.SubscribeAsync("secret");

        node.Node.Rules.ApplyRules([new() { Pattern = "kept-*" }, new() { Pattern = "*", Subscribe = Core.Options.RuleAudience.Nobody }]);
        await node.Node.RulesReviewed;

        Assert.Equal("secret", (await client.ReceiveJsonAsync()).GetProperty("channel").GetString());
        Assert.Equal([id], node.Logs.Traces.Select(line => line.Id).Where(line => line is 1601 or 1603));
        var line = Assert.Single(node.Logs.Lines, line => line.Message.StartsWith("The rules have changed: 2 are in force", StringComparison.Ordinal));
        Assert.Equal(level, line.Level);
        if (id == 1603)
        {
            Assert.Contains($"1 of the {subscriptions} subscriptions", line.Message, StringComparison.Ordinal);
            Assert.Contains("one of secret for instance: ", line.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Reload_ToARuleThatAsks_AsksForWhatWasNotAskedAndKeepsWhatWas()
    {
        var backend = new ScriptedAuthorizer();
        await using var node = await TestNode.StartAsync(authorizer: backend);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SubscribeAsync("a:yes");
        await client.SubscribeAsync("a:no");

        node.Node.Rules.ApplyRules([new() { Pattern = "a:*", Subscribe = Core.Options.RuleAudience.Authorizer }]);
        await node.Node.RulesReviewed;
        Assert.Equal("a:no", (await client.ReceiveJsonAsync()).GetProperty("channel").GetString());
        Assert.Equal(2, backend.Asked);

        node.Node.Rules.ApplyRules([new() { Pattern = "*:*", Subscribe = Core.Options.RuleAudience.Authorizer }]);
        await node.Node.RulesReviewed;
        Assert.Equal(3, backend.Asked); // it was 'anyone' that had let it, and no answer is remembered here
        Assert.Equal(1, node.Node.SubscriptionCount);
    }

    private static async Task<string> HashAsync(HostedGateway gateway) =>
        (await gateway.Admin.GetFromJsonAsync<JsonElement>("/api/v1/node")).GetProperty("rules_hash").GetString()!;
}
