using System.Net;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Transport.Tls;

/// <summary>Who has a place among the handshakes in progress, who waits for one, and who gives way.</summary>
public sealed class TlsPlacesTests
{
    [Fact]
    public async Task Hello_NotWhole_HoldsNoPlace()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Tls.MaxHandshakes = 1);
        var hello = await SilentHello.OfAsync(server.Certificates);
        var halves = new List<WsClient>();
        for (var i = 0; i < 20; i++)
            halves.Add(await SayAsync(server, hello.AsMemory(0, 1 + (i * (hello.Length - 2) / 19))));
        await Eventually.TrueAsync(() => server.Node.Connections.Transport.Buffers.Rented == 20);

        await using (var client = await server.OpenAsync())
        {
            await client.SendTextAsync("hello");
            Assert.NotNull(await client.ReceiveAsync());
        }

        foreach (var half in halves)
            await half.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Hello_WithoutAPlace_WaitsForOne()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Tls.MaxHandshakes = 1, time: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var hello = await SilentHello.OfAsync(server.Certificates);
        await using var first = await SayAsync(server, hello);
        await InProgressAsync(server, 1);

        var second = server.OpenAsync();
        await WaitingAsync(server, 1);
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();

        await using var client = await second;
        await client.SendTextAsync("hello");
        Assert.NotNull(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Hello_WhoseClientLeavesWhileItWaits_TakesNobodysPlace()
    {
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Tls.MaxHandshakes = 1, time: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var hello = await SilentHello.OfAsync(server.Certificates);
        var first = await SayAsync(server, hello);
        await InProgressAsync(server, 1);
        var impatient = await SayAsync(server, hello);
        await WaitingAsync(server, 1);

        await impatient.DisposeAsync();
        await WaitingAsync(server, 0);
        await first.DisposeAsync();

        await using (var client = await server.OpenAsync())
        {
            await client.SendTextAsync("hello");
            Assert.NotNull(await client.ReceiveAsync());
        }

        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Hello_ThenSilenceWhileOthersWait_GivesWay()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Tls.MaxHandshakes = 2, time: time);
        var hello = await SilentHello.OfAsync(server.Certificates);
        var handshakes = new CounterReading(server.Node.Metrics.TlsHandshakes);
        await using var one = await SayAsync(server, hello);
        await using var other = await SayAsync(server, hello);
        // Both have had their answer.
        Assert.NotEqual(0, await one.Socket.ReceiveAsync(new byte[4096]));
        Assert.NotEqual(0, await other.Socket.ReceiveAsync(new byte[4096]));

        // While nobody waits, they have the time that every client has.
        for (var i = 0; i < 12; i++)
            time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(0, handshakes.Value);

        var honest = server.OpenAsync();
        await WaitingAsync(server, 1);
        time.Advance(TimeSpan.FromMilliseconds(250));

        await using var client = await honest;
        await client.SendTextAsync("hello");
        Assert.NotNull(await client.ReceiveAsync());
        Assert.Equal(2, handshakes.Value); // one displaced, one completed
        await InProgressAsync(server, 1);
    }

    [Fact]
    public async Task Hellos_OfOneAddress_LeavePlacesForTheOthers()
    {
        await using var server = await StartSharedAsync();
        var hello = await SilentHello.OfAsync(server.Certificates);
        await using var one = await SayAsync(server, hello);
        await using var two = await SayAsync(server, hello);
        await using var three = await SayAsync(server, hello);
        await InProgressAsync(server, 2);
        await WaitingAsync(server, 1);

        await using var client = await WsClient.OpenTlsAsync(
            server.Node.EndPoint, server.Certificates.Client(), "/echo", socket => socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0)));

        await client.SendTextAsync("hello");
        Assert.NotNull(await client.ReceiveAsync());
        await WaitingAsync(server, 1);
    }

    [Fact]
    public async Task Hellos_OfATrustedProxy_HaveNoShare()
    {
        await using var server = await StartSharedAsync(options => options.TrustedProxies.Add("127.0.0.1"));
        var hello = await SilentHello.OfAsync(server.Certificates);
        await using var one = await SayAsync(server, hello);
        await using var two = await SayAsync(server, hello);
        await using var three = await SayAsync(server, hello);

        await InProgressAsync(server, 3);
    }

    [Fact]
    public async Task Hellos_BehindAProxyThatNamesItsClients_HaveTheirClientsShares()
    {
        await using var server = await StartSharedAsync(options =>
        {
            options.TrustedProxies.Add("127.0.0.1");
            options.Endpoints[0].ProxyProtocol = true;
        });
        var hello = await SilentHello.OfAsync(server.Certificates);
        byte[] Proxied(string client) => [.. System.Text.Encoding.ASCII.GetBytes($"PROXY TCP4 {client} 192.0.2.1 4711 443\r\n"), .. hello];
        await using var one = await SayAsync(server, Proxied("203.0.113.9"));
        await using var two = await SayAsync(server, Proxied("203.0.113.9"));
        await using var three = await SayAsync(server, Proxied("203.0.113.9"));
        await InProgressAsync(server, 2);
        await WaitingAsync(server, 1);

        await using var other = await SayAsync(server, Proxied("203.0.113.10"));

        await InProgressAsync(server, 3);
    }

    private static Task<TlsNode> StartSharedAsync(Action<GatewayOptions>? configure = null) => TlsNode.StartAsync(
        configureNode: options =>
        {
            (options.Tls.MaxHandshakes, options.Tls.MaxHandshakesPerAddress) = (4, 2);
            configure?.Invoke(options);
        },
        time: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));

    private static async Task<WsClient> SayAsync(TlsNode server, ReadOnlyMemory<byte> bytes)
    {
        var client = await server.ConnectPlainAsync();
        await client.SendRawAsync(bytes);
        return client;
    }

    private static Task InProgressAsync(TlsNode server, int count) =>
        Eventually.TrueAsync(() => GaugeReading.Sum(server.Node.Metrics.Meter, "gateway.tls.handshakes.active") == count);

    private static Task WaitingAsync(TlsNode server, int count) =>
        Eventually.TrueAsync(() => GaugeReading.Sum(server.Node.Metrics.Meter, "gateway.tls.handshakes.waiting") == count);
}
