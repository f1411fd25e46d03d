using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Connections;

/// <summary>A client whose frames are wrong is told so, whatever else it does: its close code arrives, then a clean end of the stream.</summary>
public sealed class FrameFaultTests
{
    public static TheoryData<string, Manner> Faults { get; } =
        new(FrameFaults.ByName.Keys.SelectMany(name => Enum.GetValues<Manner>().Select(manner => (name, manner))));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_InAnyManner_IsAnsweredWithItsCodeAndACleanEnd(string name, Manner manner)
    {
        var (bytes, code) = FrameFaults.ByName[name];
        await using var node = await StartAsync();
        using var endings = new Endings(node.Metrics);
        await using (var neighbour = await Neighbour.ServeAsync(node))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            var sending = await client.SendFaultAsync(bytes, manner);

            var (received, reason) = await client.ReceiveCloseAsync();
            Assert.Equal(code, received);
            Assert.InRange(Encoding.UTF8.GetByteCount(reason), 1, ClosePayload.MaxReasonBytes);
            Assert.Empty(await client.ReceiveToEndAsync());
            await sending;
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
        Assert.Contains(code switch { 1007 => "invalid_data", 1009 => "message_too_big", _ => "protocol_error" }, endings.Reasons);
    }

    [Theory]
    [InlineData(Manner.Waits)]
    [InlineData(Manner.ByteByByte)]
    [InlineData(Manner.MegabytesBehind)]
    public async Task Fault_AfterValidMessages_IsAnsweredAfterThem(Manner manner)
    {
        await using var node = await StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            var texts = Enumerable.Range(0, 200).Select(i => $"message {i}").ToArray();
            byte[] bytes =
            [
                .. texts.SelectMany(text => WsClient.Frame(Opcode.Text, Encoding.UTF8.GetBytes(text))),
                .. WsClient.Frame(Opcode.Text, "a"u8, masked: false),
            ];

            await client.SendFaultAsync(bytes, manner);

            foreach (var text in texts)
                Assert.Equal(text, Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Payload));
            Assert.Equal(1002, (await client.ReceiveCloseAsync()).Code);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Fault_InTheSegmentOfTheRequest_IsAnsweredAfterTheResponse()
    {
        await using var node = await StartAsync();
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            byte[] bytes = [.. Encoding.ASCII.GetBytes(WsClient.UpgradeRequest("/echo")), .. WsClient.Frame(Opcode.Text, [97]), .. WsClient.Frame((Opcode)3, [])];
            await client.SendRawAsync(bytes);

            Assert.StartsWith("HTTP/1.1 101 ", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
            Assert.Equal("a", Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Payload));
            Assert.Equal(1002, (await client.ReceiveCloseAsync()).Code);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("/", 1003)]
    [InlineData("/plain/news", 1003)]
    public async Task Message_OfAKindThatTheProtocolDoesNotTake_IsAnsweredWith1003(string path, int code)
    {
        await using var node = await StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, path))
        {
            await client.SendFaultAsync(WsClient.Frame(Opcode.Binary, [1, 2, 3]), Manner.MegabytesBehind);

            Assert.Equal(code, (await client.ReceiveCloseAsync()).Code);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Fault_OfAClientThatHalfCloses_IsAnsweredAllTheSame()
    {
        await using var node = await StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendRawAsync(WsClient.Frame((Opcode)3, "a"u8));
            client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

            Assert.Equal(1002, (await client.ReceiveCloseAsync()).Code);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    private static Task<TestNode> StartAsync() => TestNode.StartAsync(options =>
    {
        options.Limits.MaxMessageBytes = FrameFaults.MaxMessageBytes;
        options.Transport.MaxDiscardBytes = Manners.MaxDiscardBytes;
    });
}
