using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>Published clients and a browser get what <c>redis-cli</c> and the HTTP API send, byte for byte.</summary>
public sealed class ClientTests
{
    private static readonly byte[] Json = """{ "goal": 1, "text": "tor ⚽" }"""u8.ToArray();
    private static readonly byte[] Text = "no \"JSON\" but text, ünd more"u8.ToArray();
    private static readonly byte[] Binary = [0, 1, 2, 0xC3, 0x28, 0xFF, 0x80];

    [Theory]
    [InlineData("subscribe-ws.mjs")]
    [InlineData("subscribe-chromium.mjs")]
    public async Task Client_InNativeMode_GetsWhatBackendsPublish(string script)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await StartAsync(redis);
        await using var client = ClientProgram.Start(script, $"ws://{host.EndPoint}/", "news");
        Assert.Equal("welcome", (await client.JsonAsync()).GetProperty("type").GetString());
        Assert.Equal("ok", (await client.JsonAsync()).GetProperty("type").GetString());

        await PublishAllAsync(redis, host);

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(Json, Verbatim((await client.MessageAsync()).Payload));
            Assert.Equal(Encoding.UTF8.GetString(Text), (await client.JsonAsync()).GetProperty("data").GetString());
            Assert.Equal(Binary, (await client.JsonAsync()).GetProperty("binary").GetBytesFromBase64());
        }
    }

    [Theory]
    [InlineData("subscribe-ws.mjs")]
    [InlineData("subscribe-chromium.mjs")]
    public async Task Client_InPlainMode_GetsWhatBackendsPublish(string script)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await StartAsync(redis);
        await using var client = ClientProgram.Start(script, $"ws://{host.EndPoint}/plain/news");
        await IsSubscribedAsync(host);

        await PublishAllAsync(redis, host);

        for (var round = 0; round < 2; round++)
        {
            foreach (var (isBinary, payload) in ((bool, byte[])[])[(false, Json), (false, Text), (true, Binary)])
            {
                var message = await client.MessageAsync();
                Assert.Equal(payload, message.Payload);
                Assert.Equal(isBinary, message.IsBinary);
            }
        }
    }

    [Theory]
    [InlineData("/plain/news", "")]
    [InlineData("/", "gateway.v1")]
    public async Task Wscat_ShowsWhatIsPublished(string path, string subprotocol)
    {
        const string wscat = "node_modules/wscat/bin/wscat";
        await using var redis = await RedisServer.StartAsync();
        await using var host = await StartAsync(redis);
        string[] arguments = ["-c", $"ws://{host.EndPoint}{path}"];
        if (subprotocol.Length > 0)
            arguments = [.. arguments, "-s", subprotocol, "-w", "60", "-x", """{"type":"subscribe","channel":"news"}"""];
        await using var client = ClientProgram.Start(wscat, arguments);
        if (subprotocol.Length > 0)
        {
            Assert.Contains("welcome", await client.LineAsync(), StringComparison.Ordinal);
            Assert.Contains("\"ok\"", await client.LineAsync(), StringComparison.Ordinal);
        }

        await IsSubscribedAsync(host);
        Assert.Equal(1, await RedisCli.PublishAsync(redis, "news", Json));

        Assert.Contains(Encoding.UTF8.GetString(Json), await client.LineAsync(), StringComparison.Ordinal);
    }

    private static async Task<HostProcess> StartAsync(RedisServer redis)
    {
        var host = await HostProcess.StartAsync($"--Gateway:Redis:Configuration={redis.Address}");
        // As a load balancer would: nobody publishes by a node that is not ready.
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        return host;
    }

    /// <summary>The subscription is active: what is published from now on arrives.</summary>
    private static Task IsSubscribedAsync(HostProcess host) => Eventually.TrueAsync(async () =>
    {
        var list = await host.Admin.GetFromJsonAsync<JsonElement>("/api/v1/channels");
        return list.GetProperty("channels").EnumerateArray().Any(channel => channel.GetProperty("subscribers").GetInt32() == 1);
    });

    /// <summary>The three payloads by <c>redis-cli</c>, then by the API.</summary>
    private static async Task PublishAllAsync(RedisServer redis, HostProcess host)
    {
        foreach (var payload in (byte[][])[Json, Text, Binary])
            Assert.Equal(1, await RedisCli.PublishAsync(redis, "news", payload));
        string[] fields =
        [
            $"\"data\":{Encoding.UTF8.GetString(Json)}",
            $"\"text\":{JsonSerializer.Serialize(Encoding.UTF8.GetString(Text))}",
            $"\"binary\":\"{Convert.ToBase64String(Binary)}\"",
        ];
        foreach (var field in fields)
        {
            using var response = await host.PublishAsync($$"""{"channel":"news",{{field}}}""");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    /// <summary>What stands in <c>data</c>, as it stands.</summary>
    private static byte[] Verbatim(byte[] message)
    {
        const string start = """{"type":"message","channel":"news","data":""";
        var text = Encoding.UTF8.GetString(message);
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text[start.Length..^1]);
    }
}
