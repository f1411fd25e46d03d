using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Clients;

/// <summary>
/// Go's WebSocket libraries, as their own documentation uses them (<c>tests/clients/go</c>): golang.org/x/net/websocket, which sends an
/// Origin always and compresses nothing, and gorilla/websocket, with its compression and without.
/// </summary>
public sealed class GoClientTests
{
    /// <summary>With the origin of its documentation, http://localhost/.</summary>
    private const string XNet = "xnet";

    private static readonly byte[] Json = JsonSerializer.SerializeToUtf8Bytes(Enumerable.Range(0, 1000));
    private static readonly byte[] Text = "no \"JSON\" but text, ünd more"u8.ToArray();
    private static readonly byte[] Binary = [0, 1, 2, 0xC3, 0x28, 0xFF, 0x80];

    public static MatrixTheoryData<string, bool, CompressionMode> Everything { get; } =
        new([XNet, "gorilla", "gorilla -compress"], [false, true], Enum.GetValues<CompressionMode>());

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Echo_MessagesOfEverySize_ComeBackAsTheyWereSent(string client, bool isTls, CompressionMode mode)
    {
        using var certificates = new TestCertificates();
        await using var node = await StartAsync(certificates, isTls, options => options.Compression.Mode = mode);
        await using var program = Start(client, certificates, "echo", Url(node, isTls, "/echo"));

        Assert.Equal("""{"messages":26}""", await program.LineAsync());

        AssertCompressed(client, mode, node.Metrics.CompressionReceived.Messages.Value);
        AssertCompressed(client, mode, node.Metrics.CompressionSent.Messages.Value);
        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Native_WhatIsPublished_Arrives(string client, bool isTls, CompressionMode mode)
    {
        using var certificates = new TestCertificates();
        await using var node = await StartAsync(certificates, isTls, options => options.Compression.Mode = mode);
        await using var program = Start(client, certificates, "subscribe", Url(node, isTls, "/ws"), "news");
        Assert.Equal("welcome", (await program.JsonAsync()).GetProperty("type").GetString());
        Assert.Equal("ok", (await program.JsonAsync()).GetProperty("type").GetString());

        await PublishAllAsync(node);

        Assert.Equal(Json, Encoding.UTF8.GetBytes((await program.JsonAsync()).GetProperty("data").GetRawText()));
        Assert.Equal(Encoding.UTF8.GetString(Text), (await program.JsonAsync()).GetProperty("data").GetString());
        Assert.Equal(Binary, (await program.JsonAsync()).GetProperty("binary").GetBytesFromBase64());
        AssertCompressed(client, mode, node.Metrics.CompressionSent.Messages.Value);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Plain_WhatIsPublished_Arrives(string client, bool isTls, CompressionMode mode)
    {
        using var certificates = new TestCertificates();
        await using var node = await StartAsync(certificates, isTls, options => options.Compression.Mode = mode);
        await using var program = Start(client, certificates, "subscribe", Url(node, isTls, "/plain/news"));
        await node.SubscribedAsync(1);

        await PublishAllAsync(node);

        foreach (var (isBinary, payload) in ((bool, byte[])[])[(false, Json), (false, Text), (true, Binary)])
        {
            var message = await program.MessageAsync();
            Assert.Equal(payload, message.Payload);
            Assert.Equal(isBinary, message.IsBinary);
        }

        AssertCompressed(client, mode, node.Metrics.CompressionSent.Messages.Value);
    }

    /// <summary>gorilla offers no window, and takes what the gateway says of its own.</summary>
    [Theory]
    [InlineData(CompressionMode.Shared)]
    [InlineData(CompressionMode.Dedicated)]
    public async Task Gorilla_WhereTheWindowIsSmall_Decompresses(CompressionMode mode)
    {
        using var certificates = new TestCertificates();
        await using var node = await StartAsync(certificates, isTls: false, options => (options.Compression.Mode, options.Compression.WindowBits) = (mode, 9));
        await using var program = Start("gorilla -compress", certificates, "echo", Url(node, isTls: false, "/echo"));

        Assert.Equal("""{"messages":26}""", await program.LineAsync());

        Assert.NotEqual(0, node.Metrics.CompressionSent.Messages.Value);
    }

    [Theory]
    [InlineData(XNet)]
    [InlineData("xnet -origin=http://localhost")]
    [InlineData("gorilla -origin=http://localhost")]
    [InlineData("gorilla")]
    public async Task Origin_OfAnAllowedPageOrNone_Connects(string client)
    {
        using var certificates = new TestCertificates();
        await using var node = await StartAsync(certificates, isTls: false, options => options.Auth.AllowedOrigins.Add("http://localhost"));
        await using var program = Start(client, certificates, "subscribe", Url(node, isTls: false, "/ws"), "news");

        Assert.Equal("welcome", (await program.JsonAsync()).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(XNet)]
    [InlineData("gorilla -origin=http://localhost")]
    public async Task Origin_OfAnotherPage_IsRefused(string client)
    {
        using var certificates = new TestCertificates();
        await using var node = await StartAsync(certificates, isTls: false, options => options.Auth.AllowedOrigins.Add("https://example.com"));
        await using var program = Start(client, certificates, "subscribe", Url(node, isTls: false, "/ws"), "news");

        Assert.Contains("bad ", JsonSerializer.Deserialize<JsonElement>(await program.LineAsync()).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static Task<TestNode> StartAsync(TestCertificates certificates, bool isTls, Action<GatewayOptions> configure) => TestNode.StartAsync(options =>
    {
        var tls = options.Endpoints[0].Tls;
        if (isTls)
            (tls.CertificatePath, tls.KeyPath) = (certificates.CertificatePath, certificates.KeyPath);
        configure(options);
    });

    /// <summary>A program of <c>tests/clients/go</c>, given with its flags.</summary>
    private static ClientProgram Start(string client, TestCertificates certificates, params string[] arguments)
    {
        var words = client.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ClientProgram.StartGo(words[0], certificates.CaPath, [.. words[1..], .. arguments]);
    }

    private static string Url(TestNode node, bool isTls, string path) => $"{(isTls ? "wss" : "ws")}://localhost:{node.EndPoint.Port}{path}";

    private static async Task PublishAllAsync(TestNode node)
    {
        foreach (var payload in (byte[][])[Json, Text, Binary])
            await node.Node.Publisher.PublishAsync(ChannelName.Parse("news"), payload, Core.Relay.PublicationSource.Api, CancellationToken.None);
    }

    private static void AssertCompressed(string client, CompressionMode mode, long messages) =>
        Assert.Equal(client == "gorilla -compress" && mode != CompressionMode.Off, messages > 0);
}
