using System.Text;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Connections;

/// <summary>A request that is not taken gets its status and a line that says why, then a clean end of the stream, whatever else the client does.</summary>
public sealed class RequestFaultTests
{
    private const int TicksPerSecond = 8;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(125);

    public static TheoryData<string, Manner> Faults { get; } =
        new(RequestFaults.ByName.Keys.SelectMany(name => Enum.GetValues<Manner>().Select(manner => (name, manner))));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_InAnyManner_IsAnsweredWithItsStatusAndACleanEnd(string name, Manner manner)
    {
        var (bytes, status, headers) = RequestFaults.ByName[name];
        await using var node = await StartAsync();
        await using (var neighbour = await Neighbour.ServeAsync(node))
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            var sending = await client.SendFaultAsync(bytes, manner);

            await AssertRefusalAsync(client, status, headers);
            await sending;
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Head_IsAnsweredWithoutABody()
    {
        await using var node = await StartAsync();
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            await client.SendRawAsync("HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");

            var head = await client.ReceiveHeadAsync();
            Assert.StartsWith("HTTP/1.1 404 ", head, StringComparison.Ordinal);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HT")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n")]
    public async Task Request_NotCompleteInTime_IsAnsweredWith408(string begin)
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);
        await using (var neighbour = await Neighbour.OpenAsync(node))
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            await client.SendRawAsync(begin);
            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 2);

            Advance(time, 9 * TicksPerSecond);
            Assert.Equal(2, node.Node.ConnectionCount);
            await neighbour.EchoAsync();
            Advance(time, 2 * TicksPerSecond);

            await AssertRefusalAsync(client, 408, []);
            await neighbour.EchoAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Request_OneByteASecond_IsAnsweredWith408AllTheSame()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);
        await using (var neighbour = await Neighbour.OpenAsync(node))
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            var request = Encoding.ASCII.GetBytes(WsClient.UpgradeRequest());
            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 2);
            for (var second = 0; second < 12; second++)
            {
                await client.SendRawAsync(request.AsMemory(second, 1));
                Advance(time, TicksPerSecond);
                await neighbour.EchoAsync();
            }

            await AssertRefusalAsync(client, 408, []);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Request_OfAnAnonymousClientWhereNoneIsTaken_IsAnsweredWith401()
    {
        await using var node = await TestNode.StartAsync(options => options.Auth.AllowAnonymous = false);
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            await client.SendRawAsync(WsClient.UpgradeRequest());

            await AssertRefusalAsync(client, 401, []);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: local")]
    public async Task Client_ThatHalfClosesBeforeItsRequestIsComplete_GetsACleanEnd(string begin)
    {
        await using var node = await StartAsync();
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            await client.SendRawAsync(begin);
            client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    private static void Advance(FakeTimeProvider time, int ticks)
    {
        for (var i = 0; i < ticks; i++)
            time.Advance(Tick);
    }

    private static async Task AssertRefusalAsync(WsClient client, int status, string[] headers)
    {
        var head = await client.ReceiveHeadAsync();
        var body = Encoding.UTF8.GetString(await client.ReceiveToEndAsync());

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: text/plain; charset=utf-8\r\n", head, StringComparison.Ordinal);
        Assert.Matches("\r\nConnection: (Upgrade, )?close\r\n", head);
        foreach (var header in headers)
            Assert.Contains("\r\n" + header, head, StringComparison.Ordinal);
        // One line of plain text.
        Assert.Equal(body.Length - 1, body.IndexOf('\n', StringComparison.Ordinal));
        Assert.True(body.Length > 10, body);
    }

    private static Task<TestNode> StartAsync(TimeProvider? time = null) => TestNode.StartAsync(
        options =>
        {
            options.Transport.MaxDiscardBytes = Manners.MaxDiscardBytes;
            options.Rules.Add(new RuleOptions { Pattern = "secret:*", Subscribe = RuleAudience.Nobody });
            options.Rules.Add(new RuleOptions());
        },
        time: time);
}
