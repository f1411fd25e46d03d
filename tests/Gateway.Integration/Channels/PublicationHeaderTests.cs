using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Relay;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Channels;

/// <summary>Messages as any Redis client may publish them, with a header in front of the payload, or with what looks like one.</summary>
public sealed class PublicationHeaderTests
{
    private static readonly ChannelName News = ChannelName.Parse("news");

    [Theory]
    [InlineData("006777 01 0004 01 0001 6B 31", true, "31", null)]
    [InlineData("006777 01 0003 04 0000 31", false, "31", null)]
    [InlineData("006777 01 0003 04 0000", false, "", null)]
    [InlineData("006777 01 0000", true, "", null)]
    [InlineData("006777 01 0000 006777", true, "006777", null)]
    [InlineData("006777 01 000A 02 0004 30302D7A 01 0000 31", true, "31", null)] // neither a trace nor a key
    [InlineData("006777 02 0003 04 0000 31", true, "31", "newer_version")]
    [InlineData("006777 01 0001", true, "006777010001", "malformed")]
    [InlineData("006777", true, "006777", "malformed")]
    [InlineData("006777 01 0003 01 0001 FF", false, "00677701000301 0001FF", "malformed")]
    public async Task Message_WithAHeader_IsItsPayload_AndOneThatCannotBeReadIsCounted(string message, bool isText, string payload, string? unread)
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/plain/news");
        await node.SubscribedAsync(1);

        await node.Node.Broker.PublishAsync(News, Hex(message), CancellationToken.None);
        await node.Node.Broker.PublishAsync(News, "end"u8.ToArray(), CancellationToken.None);

        var received = (await client.ReceiveAsync())!.Value;
        Assert.Equal((isText ? Opcode.Text : Opcode.Binary, Convert.ToHexString(Hex(payload))), (received.Opcode, Convert.ToHexString(received.Payload)));
        Assert.Equal("end", Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Payload));
        foreach (var result in (string[])["malformed", "newer_version"])
            Assert.Equal(result == unread ? 1 : 0, metrics[$"gateway.publications.headers_unread{{result={result}}}"]);
    }

    [Theory]
    [InlineData("006777 01 0000 31")]
    [InlineData("006777")]
    [InlineData("006777FF")]
    public async Task Payload_ThatLooksLikeAHeader_ArrivesByteForByte(string hex)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/plain/news");
        await node.SubscribedAsync(1);

        await node.Node.Publisher.PublishAsync(News, Hex(hex), PublicationSource.Api, CancellationToken.None);

        Assert.Equal(Hex(hex), (await client.ReceiveAsync())!.Value.Payload);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
