using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Relay;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Transport.Tls;

/// <summary>WebSockets over TLS: they behave as plain ones, and TLS's own bounds hold.</summary>
public sealed class TlsConnectionTests
{
    [Theory]
    [InlineData(125)]
    [InlineData(16_384)]
    [InlineData(65_536)]
    [InlineData(1_048_576)]
    public async Task Echo_OfEverySize_ComesBackUnchanged(int length)
    {
        await using var server = await TlsNode.StartAsync();
        var client = await server.OpenAsync();
        var payload = new byte[length];
        Random.Shared.NextBytes(payload);

        for (var i = 0; i < 3; i++)
        {
            var send = client.SendAsync(Opcode.Binary, payload);
            Assert.Equal(payload, (await client.ReceiveAsync())!.Value.Payload);
            await send;
        }

        await client.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Echo_ManySmallMessagesAtOnce_ComeBackInOrder()
    {
        await using var server = await TlsNode.StartAsync();
        await using var client = await server.OpenAsync();
        var frames = Enumerable.Range(0, 5000).SelectMany(i => WsClient.Frame(Opcode.Text, Encoding.ASCII.GetBytes($"{i}"))).ToArray();

        var send = client.SendRawAsync(frames);

        for (var i = 0; i < 5000; i++)
            Assert.Equal($"{i}", Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
        await send;
    }

    [Fact]
    public async Task Close_OfTheServer_ArrivesBeforeTheEnd()
    {
        await using var server = await TlsNode.StartAsync();
        await using var client = await server.OpenAsync();

        await client.SendRawAsync(WsClient.Frame(Opcode.Text, "unmasked"u8, masked: false));

        Assert.Equal(1002, (await client.ReceiveCloseAsync()).Code);
        Assert.Empty(await client.ReceiveToEndAsync());
    }

    [Fact]
    public async Task Stop_OfTheServer_ClosesWith1012()
    {
        await using var server = await TlsNode.StartAsync();
        await using var client = await WsClient.OpenTlsAsync(server.Node.EndPoint, server.Certificates.Client());
        var silent = await server.ConnectPlainAsync();

        var stop = server.Node.Server.StopAsync(CancellationToken.None);

        Assert.Equal(1012, (await client.ReceiveCloseAsync()).Code);
        await client.DisposeAsync();
        await stop;
        await silent.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task SlowConsumer_OverTls_IsClosedAndLeavesNothing()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Limits.MaxQueueBytes = 3 * 1024 * 1024);
        await using var client = await WsClient.OpenTlsAsync(server.Node.EndPoint, server.Certificates.Client(), "/plain/news", socket => socket.ReceiveBufferSize = 4096);
        await server.Node.SubscribedAsync(1);

        var payload = new byte[100_000];
        await Eventually.TrueAsync(async () =>
        {
            await server.Node.Node.Publisher.PublishAsync(ChannelName.Parse("news"), payload, PublicationSource.Api, CancellationToken.None);
            return server.Node.Metrics.Drops[(int)DropReason.SlowConsumer].Value > 0;
        });

        Assert.Equal(4413, (await client.ReceiveCloseAsync()).Code);
        await client.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Subscriber_OverTlsThatTakesNothing_EndsAsASlowConsumer()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TlsNode.StartAsync(time: time);
        using var endings = new Endings(server.Node.Metrics);
        await using var client = await WsClient.OpenTlsAsync(server.Node.EndPoint, server.Certificates.Client(), "/plain/news", socket => socket.ReceiveBufferSize = 4096);
        await server.Node.SubscribedAsync(1);
        for (var deliveries = 1; server.Node.Connections.Transport.PendingSends == 0; deliveries++)
        {
            await server.Node.Node.Publisher.PublishAsync(ChannelName.Parse("news"), new byte[10_000], PublicationSource.Api, CancellationToken.None);
            await Eventually.TrueAsync(() => server.Node.Metrics.Deliveries.Value == deliveries);
        }

        for (var tick = 0; tick < 33 * 8; tick++)
            time.Advance(TimeSpan.FromMilliseconds(125));

        await Eventually.TrueAsync(() => server.Node.Node.ConnectionCount == 0);
        Assert.Equal(["slow_consumer"], endings.Reasons);
    }

    [Fact]
    public async Task Connects_AThousandAtOnce_AllSucceed()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options =>
        {
            options.Tls.MaxHandshakes = 64;
            (options.Tls.HandshakeTimeout, options.Tls.CrowdedTimeout) = (TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2));
        });
        var completed = new CounterReading(server.Node.Metrics.TlsHandshakes);

        var clients = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => WsClient.OpenTlsAsync(server.Node.EndPoint, server.Certificates.Client())));

        Assert.Equal(1000, server.Node.Node.ConnectionCount);
        Assert.Equal(1000, completed.Value);
        foreach (var client in clients)
            await client.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("16")]
    [InlineData("16030102000100")]
    public async Task Handshake_NotOverInTime_IsCut(string begun)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TlsNode.StartAsync(time: time);
        var counted = new CounterReading(server.Node.Metrics.TlsHandshakes);
        await using var client = await server.ConnectPlainAsync();
        await client.SendRawAsync(Convert.FromHexString(begun));

        var seconds = 0;
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            seconds++;
            return counted.Value == 1;
        });

        Assert.True(seconds >= 10, $"cut after {seconds} s");
        await Record.ExceptionAsync(client.ReceiveToEndAsync);
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Handshake_FailedAndThePeerStays_IsCutAfterTheCloseTimeout()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TlsNode.StartAsync(time: time);
        await using var client = await server.ConnectPlainAsync();
        await client.SendRawAsync("GET / HTTP/1.1\r\n\r\n");
        Assert.NotEmpty(await client.ReceiveToEndAsync());
        Assert.Equal(1, server.Node.Connections.Slots.Taken);

        time.Advance(TimeSpan.FromSeconds(6));

        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Maximum_OfConnections_IsToldInTls()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Limits.MaxConnections = 1);
        await using var first = await server.OpenAsync();

        await using var second = await server.ConnectPlainAsync();
        second.Socket.Shutdown(SocketShutdown.Send);

        // A fatal alert, internal_error.
        Assert.Equal(new byte[] { 21, 3, 3, 0, 2, 2, 80 }, await second.ReceiveToEndAsync());
    }

    [Fact]
    public async Task ProxyHeader_InFrontOfTheHandshake_NamesTheClient()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options =>
        {
            options.Endpoints[0].ProxyProtocol = true;
            options.TrustedProxies.Add("127.0.0.0/8");
        });
        var proxied = await server.ConnectPlainAsync();
        await proxied.SendRawAsync("PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n");

        var client = await proxied.StartTlsAsync(server.Certificates.Client());

        await client.UpgradeAsync();
        var welcome = await client.ReceiveJsonAsync();
        var info = await server.Node.Node.Facts.FindConnectionAsync(welcome.GetProperty("connection").GetString()!, 1000);
        Assert.Equal("203.0.113.9:4711", info!.RemoteAddress);
        await client.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Records_ByteByByte_AreOneMessage()
    {
        await using var server = await TlsNode.StartAsync();
        await using var client = await server.OpenAsync();

        foreach (var part in WsClient.Frame(Opcode.Text, "byte by byte"u8))
            await client.SendRawAsync(new[] { part });

        Assert.Equal("byte by byte", Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
    }

    [Fact]
    public async Task Record_Forged_EndsTheConnectionOnly()
    {
        await using var server = await TlsNode.StartAsync();
        var client = await server.OpenAsync();
        await using var other = await server.OpenAsync();

        // Application data that was never encrypted, past the client's own TLS.
        await client.Socket.SendAsync(new byte[] { 23, 3, 3, 0, 5, 1, 2, 3, 4, 5 });

        await Eventually.TrueAsync(() => server.Node.Node.ConnectionCount == 1);
        await other.SendTextAsync("still here");
        Assert.NotNull(await other.ReceiveAsync());
        await client.DisposeAsync();
        await other.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Reset_InTheMiddleOfEverything_LeavesNothing()
    {
        await using var server = await TlsNode.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            var client = await server.OpenAsync();
            _ = client.SendAsync(Opcode.Binary, new byte[50_000]);
            client.Socket.LingerState = new LingerOption(true, 0);
            client.Socket.Dispose();
        }

        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Commands_MoreThanMayBeInFlight_AreAllAnswered()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Limits.MaxCommandsInFlight = 1);
        await using var client = await WsClient.OpenTlsAsync(server.Node.EndPoint, server.Certificates.Client());
        Assert.Equal("welcome", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());

        var commands = Enumerable.Range(0, 500)
            .SelectMany(i => WsClient.Frame(Opcode.Text, JsonSerializer.SerializeToUtf8Bytes(new { type = "subscribe", id = i, channel = $"c{i}" })))
            .ToArray();
        await client.SendRawAsync(commands);

        for (var i = 0; i < 500; i++)
            Assert.Equal("ok", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
    }

}
