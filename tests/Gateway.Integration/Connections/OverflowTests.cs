using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Transport;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Connections;

/// <summary>Above the maximum of connections a client is told so, and above the bound of such farewells it is reset; those inside never notice.</summary>
public sealed class OverflowTests
{
    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHo")]
    [InlineData(null)]
    public async Task Client_AboveTheMaximum_GetsA503AndACleanEnd(string? request)
    {
        await using var node = await StartAsync(maxConnections: 1);
        await using (var neighbour = await Neighbour.ServeAsync(node))
        {
            await using (var client = await WsClient.ConnectAsync(node.EndPoint))
            {
                await client.SendRawAsync(request ?? WsClient.UpgradeRequest());

                await AssertRefusedAsync(client);
                await neighbour.WasServedAsync();
            }

            Assert.Equal(1, node.Node.ConnectionCount);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(Manner.MegabytesBehind)]
    [InlineData(Manner.SendsOn)]
    public async Task Client_AboveTheMaximumThatSendsMuch_GetsA503AndACleanEnd(Manner manner)
    {
        await using var node = await StartAsync(maxConnections: 1);
        await using (var neighbour = await Neighbour.ServeAsync(node))
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            var sending = await client.SendFaultAsync(Encoding.ASCII.GetBytes(WsClient.UpgradeRequest()), manner);

            await AssertRefusedAsync(client);
            await sending;
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    /// <summary>A load balancer that looks in while the node is full is no client that was refused; who waits or says something is.</summary>
    [Fact]
    public async Task Probes_AboveTheMaximum_AreNoRefusals()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(maxConnections: 1, time);
        var refusals = new CounterReading(node.Metrics.Refusals);
        await using (await Neighbour.OpenAsync(node))
        {
            foreach (var isReset in (bool[])[false, true, false, true])
            {
                await using var probe = await WsClient.ConnectAsync(node.EndPoint, socket => socket.LingerState = new LingerOption(isReset, 0));
            }

            foreach (var request in (string[])["GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /healthz?from=lb HTTP/1.0\r\n\r\n"])
            {
                await using var probe = await WsClient.ConnectAsync(node.EndPoint);
                await probe.SendRawAsync(request);
                await AssertRefusedAsync(probe);
            }

            foreach (var request in (string[])["GET", "GET /healthzz HTTP/1.1\r\n", "GET /ws?/healthz HTTP/1.1\r\n"])
            {
                await using var client = await WsClient.ConnectAsync(node.EndPoint);
                await client.SendRawAsync(request);
                await AssertRefusedAsync(client);
            }

            await Eventually.TrueAsync(() => refusals.Value == 3);

            await using var silent = await WsClient.ConnectAsync(node.EndPoint);
            await AssertRefusedAsync(silent);
            await Eventually.TrueAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return refusals.Value == 4;
            });
        }

        await node.ReturnsToBaselineAsync();
        Assert.Equal(4, refusals.Value);
    }

    [Fact]
    public async Task Clients_AboveTheBoundOfFarewells_AreReset()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(maxConnections: 1, time);
        await using (var neighbour = await Neighbour.OpenAsync(node))
        {
            var refused = new List<WsClient>();
            for (var i = 0; i < node.Node.Descriptors.Farewells; i++)
            {
                refused.Add(await ConnectFromAsync(node, 2 + (i / FarewellPlaces.ShareOf(node.Node.Descriptors.Farewells))));
                await AssertRefusedAsync(refused[^1]);
            }

            // Those stay. The next is not answered.
            await AssertResetAsync(node, address: 100);
            await neighbour.EchoAsync();

            // They are let go at the deadline, and others have their places.
            for (var tick = 0; tick < 6 * 8; tick++)
                time.Advance(TimeSpan.FromMilliseconds(125));
            await using (var client = await WsClient.ConnectAsync(node.EndPoint))
                await AssertRefusedAsync(client);
            await neighbour.EchoAsync();
            foreach (var client in refused)
                await client.DisposeAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Clients_OfOneAddress_LeaveFarewellsForTheOthers()
    {
        await using var node = await StartAsync(maxConnections: 1, new FakeTimeProvider());
        await using (var neighbour = await Neighbour.OpenAsync(node))
        {
            var refused = new List<WsClient>();
            for (var i = 0; i < FarewellPlaces.ShareOf(node.Node.Descriptors.Farewells); i++)
            {
                refused.Add(await ConnectFromAsync(node, 2));
                await AssertRefusedAsync(refused[^1]);
            }

            await AssertResetAsync(node, address: 2);
            await using (var other = await ConnectFromAsync(node, 3))
                await AssertRefusedAsync(other);

            // A place that is left is there for the next of the same address.
            await refused[0].DisposeAsync();
            await Eventually.TrueAsync(async () =>
            {
                try
                {
                    await using var next = await ConnectFromAsync(node, 2);
                    await AssertRefusedAsync(next);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            });
            foreach (var client in refused)
                await client.DisposeAsync();
            await neighbour.EchoAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Place_OfAClientThatLeft_IsTakenByTheNext()
    {
        await using var node = await StartAsync(maxConnections: 3);
        for (var round = 0; round < 20; round++)
        {
            await Eventually.TrueAsync(() => node.Connections.Slots.Taken == 0);
            await using var first = await WsClient.OpenAsync(node.EndPoint, "/echo");
            await using var second = await WsClient.OpenJsonAsync(node.EndPoint);
            await using var third = await WsClient.OpenAsync(node.EndPoint, "/plain/news");
            await using var fourth = await WsClient.ConnectAsync(node.EndPoint);
            await AssertRefusedAsync(fourth);
            Assert.Equal(3, node.Connections.Slots.Taken);
        }

        await node.ReturnsToBaselineAsync();
    }

    /// <summary>From 127.0.0.<paramref name="address"/>.</summary>
    private static Task<WsClient> ConnectFromAsync(TestNode node, int address) =>
        WsClient.ConnectAsync(node.EndPoint, socket => socket.Bind(new IPEndPoint(new IPAddress(new byte[] { 127, 0, 0, (byte)address }), 0)));

    private static Task<SocketException> AssertResetAsync(TestNode node, int address) => Assert.ThrowsAsync<SocketException>(async () =>
    {
        await using var client = await ConnectFromAsync(node, address);
        await client.ReceiveToEndAsync();
    });

    private static async Task AssertRefusedAsync(WsClient client)
    {
        var head = await client.ReceiveHeadAsync();
        Assert.StartsWith("HTTP/1.1 503 ", head, StringComparison.Ordinal);
        Assert.Matches("\r\nRetry-After: [1-9][0-9]*\r\n", head);
        Assert.NotEmpty(await client.ReceiveToEndAsync());
    }

    private static Task<TestNode> StartAsync(int maxConnections, TimeProvider? time = null) => TestNode.StartAsync(
        options =>
        {
            options.Limits.MaxConnections = maxConnections;
            options.Transport.MaxDiscardBytes = Manners.MaxDiscardBytes;
        },
        time: time);
}
