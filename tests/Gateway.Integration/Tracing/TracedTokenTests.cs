using System.Security.Cryptography;
using System.Text;
using Gateway.Integration.Access;
using Gateway.Integration.Fixtures;
using Gateway.Tests.Auth;

namespace Gateway.Integration.Tracing;

/// <summary>Whatever clients do with tokens while everything is traced: what leaves for the collector holds nothing of them.</summary>
public sealed class TracedTokenTests
{
    private const string AuthorizerSecret = "the-secret-of-the-authorizer";

    private static readonly string ClientKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private static readonly string SubscriptionKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private static readonly TokenIssuer Clients = TokenIssuer.Hmac(Encoding.UTF8.GetBytes(ClientKey));
    private static readonly TokenIssuer Subscriptions = TokenIssuer.Hmac(Encoding.UTF8.GetBytes(SubscriptionKey));

    [Fact]
    public async Task Token_StandsInNoSpan()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var backend = await BackendServer.StartAsync();
        await using var node = await StartAsync(collector, backend);
        string[] tokens =
        [
            Clients.Issue("alice", ("plan", "a-claim-of-hers")), Clients.Issue("alice", ("jti", "an-id-of-its-own")), Clients.Issue("alice", ("exp", 1)),
            Subscriptions.Sign($$"""{"channel":"doc:7","exp":{{TokenIssuer.Now + 300}},"sub":"alice"}"""),
        ];

        foreach (var (path, headers) in ((string, string)[])
            [($"/?token={tokens[0]}", ""), ("/", TokenNode.Bearer(tokens[0])), ("/", $"Cookie: session={tokens[0]}\r\n"), ("/", $"Sec-WebSocket-Protocol: gateway.v1, gateway.token.{tokens[0]}\r\n")])
        {
            await using var client = await WsClient.OpenAsync(node.EndPoint, path, headers);
            Assert.Equal("welcome", await TypeAsync(client));
            Assert.Equal("ok", await AskAsync(client, $$"""{"type":"refresh","token":"{{tokens[1]}}"}"""));
            Assert.Equal("error", await AskAsync(client, $$"""{"type":"refresh","token":"{{tokens[2]}}"}"""));
            Assert.Equal("ok", await AskAsync(client, $$"""{"type":"subscribe","channel":"doc:7","token":"{{tokens[3]}}"}"""));
            // Asks the backend, with the client's claims and a secret.
            Assert.Equal("ok", await AskAsync(client, """{"type":"publish","channel":"ask:1","data":1}"""));
            await client.SendTextAsync("""{"type":"publish","channel":"doc:7","data":1}""");
            Assert.Equal(["message", "ok"], new[] { await TypeAsync(client), await TypeAsync(client) }.Order());
        }

        await using (var plain = await WsClient.OpenAsync(node.EndPoint, $"/plain/ask:1?token={tokens[0]}"))
        {
            // Plain mode acknowledges nothing.
            await Eventually.TrueAsync(async () => (await node.Admin.GetStringAsync("/api/v1/channels?prefix=ask:")).Contains("\"subscribers\":1", StringComparison.Ordinal));
            await Traced.PublishAsync(node, """{"channel":"ask:1","data":2}""", Traced.NewContext().Traceparent);
            await plain.ReceiveAsync();
        }

        await node.SignalAsync("TERM"); // what has not left yet is exported
        Assert.Equal(0, await node.WaitForExitAsync());
        Assert.True(backend.Asked > 0);
        // One of each client, from its publishing to its delivery.
        Assert.Equal(4, collector.Spans.Count(span => span.Kind == SpanKind.Internal && span.Attributes["messaging.destination.name"] == "doc:7"));
        Assert.Contains(collector.Spans, span => span.Kind == SpanKind.Internal && span.Attributes["messaging.destination.name"] == "ask:1");

        var exported = collector.Bodies.Select(Encoding.Latin1.GetString).ToArray();
        Assert.Contains(exported, body => body.Contains("doc:7", StringComparison.Ordinal)); // so text would be found
        // A header says no more than the algorithm, which is anybody's.
        var secrets = tokens.SelectMany(token => token.Split('.')[1..]).Concat([AuthorizerSecret, ClientKey, SubscriptionKey, "alice", "a-claim-of-hers", "an-id-of-its-own"]);
        Assert.All(secrets, secret => Assert.DoesNotContain(exported, body => body.Contains(secret, StringComparison.Ordinal)));
    }

    private static Task<HostProcess> StartAsync(OtlpReceiver collector, BackendServer backend) => Traced.StartAsync(
        collector.Url,
        redis: null,
        "--Gateway:Telemetry:Tracing:Ratio=1",
        "--Gateway:Telemetry:Tracing:ArrivalRatio=1",
        "--Gateway:Telemetry:Tracing:MaxPerSecond=1000",
        "--Gateway:Auth:Cookie=session",
        $"--Gateway:Auth:Jwt:HmacKey={ClientKey}",
        $"--Gateway:Auth:SubscriptionTokens:HmacKey={SubscriptionKey}",
        $"--Gateway:Authorizer:Uri={backend.Uri}",
        $"--Gateway:Authorizer:Secret={AuthorizerSecret}",
        "--Gateway:Rules:0:Pattern=doc:*",
        "--Gateway:Rules:0:Subscribe=token",
        "--Gateway:Rules:0:Publish=authenticated",
        "--Gateway:Rules:1:Pattern=ask:*",
        "--Gateway:Rules:1:Subscribe=authorizer",
        "--Gateway:Rules:1:Publish=authorizer");

    private static async Task<string> AskAsync(WsClient client, string command)
    {
        await client.SendTextAsync(command);
        return await TypeAsync(client);
    }

    private static async Task<string> TypeAsync(WsClient client) => (await client.ReceiveJsonAsync()).GetProperty("type").GetString()!;
}
