using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Relay;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Connections;

/// <summary>A node that stops says goodbye to every client, and waits for none for ever.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Stop_UnderLoad_SendsEveryClientItsCloseFrame()
    {
        await using var node = await TestNode.StartAsync();
        var json = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => OpenSubscribedAsync(node)));
        var plain = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => WsClient.OpenAsync(node.EndPoint, "/plain/news")));
        var echo = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => WsClient.OpenAsync(node.EndPoint, "/echo")));
        await node.SubscribedAsync(150);
        using var stopped = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; !stopped.IsCancellationRequested; i++)
            {
                await PublishAsync(node, i.ToString(CultureInfo.InvariantCulture));
                await Task.Yield();
            }
        });
        var endings = json.Select(client => ReadToCloseAsync(client, mustBeAskedBack: true))
            .Concat(plain.Concat(echo).Select(client => ReadToCloseAsync(client, mustBeAskedBack: false)))
            .ToArray();
        await Eventually.TrueAsync(() => node.Metrics.Deliveries.Value > 1_000);

        await node.Server.StopAsync(CancellationToken.None);

        Assert.All(await Task.WhenAll(endings), code => Assert.Equal(1012, code));
        await Assert.ThrowsAsync<SocketException>(() => WsClient.ConnectAsync(node.EndPoint));
        Assert.False(node.Server.Readiness.Ready);
        await stopped.CancelAsync();
        await publishing;
        await node.ReturnsToBaselineAsync();
        Assert.DoesNotContain(node.Logs.Lines, line => line.Level >= LogLevel.Warning);
        foreach (var client in (WsClient[])[.. json, .. plain, .. echo])
            await client.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: loc")]
    public async Task Stop_WhileARequestIsBeingRead_AnswersItWith503(string begin)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.ConnectAsync(node.EndPoint);
        await client.SendRawAsync(begin);
        await Eventually.TrueAsync(() => node.Node.ConnectionCount == 1);

        var stopping = node.Server.StopAsync(CancellationToken.None);

        var head = await client.ReceiveHeadAsync();
        Assert.StartsWith("HTTP/1.1 503 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 1\r\n", head, StringComparison.Ordinal);
        Assert.NotEmpty(await client.ReceiveToEndAsync());
        await client.DisposeAsync();
        await stopping;
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Stop_WithClientsThatIgnoreTheCloseFrame_CutsThemAfterTheCloseTimeout()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Transport.CloseTimeout = TimeSpan.FromMilliseconds(100);
            options.Drain.Timeout = TimeSpan.FromHours(1);
        });
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);

        await node.Server.StopAsync(CancellationToken.None);

        Assert.Equal(0, node.Node.ConnectionCount);
        Assert.Equal("reconnect", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
        Assert.Equal(1012, (await client.ReceiveCloseAsync()).Code);
        await Assert.ThrowsAsync<SocketException>(client.ReceiveToEndAsync);
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Stop_WithClientsThatDoNotEvenRead_CutsThemAfterTheShutdownTimeout()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Transport.CloseTimeout = TimeSpan.FromMinutes(1);
            options.Drain.Timeout = TimeSpan.FromSeconds(1);
            options.Limits.MaxMessageBytes = 8 * 1024 * 1024;
            options.Limits.MaxQueueBytes = 64 * 1024 * 1024;
        });
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.ReceiveBufferSize = 32 * 1024);
        await client.SendAsync(Opcode.Binary, new byte[8 * 1024 * 1024]);
        await Eventually.TrueAsync(() => node.Connections.Transport.PendingSends == 1);

        await node.Server.StopAsync(CancellationToken.None);

        await node.ReturnsToBaselineAsync();
        Assert.Contains(node.Logs.Lines, line => line.Level == LogLevel.Warning && line.Message.Contains("Gateway:Drain:Timeout", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_WhenCancelled_CutsAtOnce()
    {
        await using var node = await TestNode.StartAsync(options => options.Drain.Timeout = TimeSpan.FromHours(1));
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await node.Server.StopAsync(cancelled.Token);

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Stop_WhileClientsKeepConnecting_LeavesNone()
    {
        await using var node = await TestNode.StartAsync();
        using var stopped = new CancellationTokenSource();
        var endPoint = node.EndPoint;
        var connecting = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stopped.IsCancellationRequested)
            {
                try
                {
                    await using var client = await WsClient.OpenAsync(endPoint, "/echo");
                    await client.SendTextAsync("hello");
                    await client.ReceiveCloseAsync();
                }
                catch (Exception e) when (e is SocketException or EndOfStreamException or Xunit.Sdk.XunitException)
                {
                    // Refused, reset from the backlog or answered with 503: all right while a node stops.
                }
            }
        })).ToArray();
        await Eventually.TrueAsync(() => node.Node.ConnectionCount == 8);

        await node.Server.StopAsync(CancellationToken.None);

        await stopped.CancelAsync();
        await Task.WhenAll(connecting);
        await node.ReturnsToBaselineAsync();
    }

    private static async Task<WsClient> OpenSubscribedAsync(TestNode node)
    {
        var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SubscribeAsync("news");
        return client;
    }

    private static async Task<int> ReadToCloseAsync(WsClient client, bool mustBeAskedBack)
    {
        var wasAskedBack = false;
        while (await client.ReceiveAsync() is { } frame)
        {
            if (frame.Opcode == Opcode.Close)
            {
                Assert.Equal(mustBeAskedBack, wasAskedBack);
                await client.SendAsync(Opcode.Close, frame.Payload.AsSpan(0, 2));
                Assert.Empty(await client.ReceiveToEndAsync());
                await client.DisposeAsync();
                return (frame.Payload[0] << 8) | frame.Payload[1];
            }

            // A busy machine may take so long that heartbeats come as well.
            wasAskedBack |= mustBeAskedBack && frame.Opcode == Opcode.Text && JsonSerializer.Deserialize<JsonElement>(frame.Payload).GetProperty("type").GetString() == "reconnect";
        }

        throw new EndOfStreamException("No close frame came.");
    }

    private static async Task PublishAsync(TestNode node, string payload) =>
        await node.Node.Publisher.PublishAsync(ChannelName.Parse("news"), Encoding.ASCII.GetBytes(payload), PublicationSource.Api, CancellationToken.None);
}
