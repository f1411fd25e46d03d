using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Relay;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration;

public sealed class SmokeTests
{
    [Fact]
    public async Task Echo_Message_ComesBackUnchanged()
    {
        await using var node = await TestNode.StartAsync();
        var client = await WsClient.OpenAsync(node.EndPoint, "/echo");

        await client.SendTextAsync("hello");

        var frame = await client.ReceiveAsync();
        Assert.Equal((Opcode.Text, "hello"), (frame!.Value.Opcode, Encoding.UTF8.GetString(frame.Value.Payload)));
        await client.SendAsync(Opcode.Close, [0x03, 0xE8]);
        Assert.Equal((1000, ""), await client.ReceiveCloseAsync());
        Assert.Empty(await client.ReceiveToEndAsync());
        await client.DisposeAsync();
        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("""{"goal":1}""", """{"type":"message","channel":"news","data":{"goal":1}}""")]
    [InlineData("plain \"text\"", """{"type":"message","channel":"news","data":"plain \"text\""}""")]
    public async Task Publish_ToASubscriber_Arrives(string payload, string expected)
    {
        await using var node = await TestNode.StartAsync();
        await using var json = await WsClient.OpenJsonAsync(node.EndPoint);
        await json.SubscribeAsync("news");
        await using var plain = await WsClient.OpenAsync(node.EndPoint, "/plain/news");
        await node.SubscribedAsync(2);

        await node.Node.Publisher.PublishAsync(ChannelName.Parse("news"), Encoding.UTF8.GetBytes(payload), PublicationSource.Api, CancellationToken.None);

        Assert.Equal(expected, Encoding.UTF8.GetString((await json.ReceiveAsync())!.Value.Payload));
        Assert.Equal(payload, Encoding.UTF8.GetString((await plain.ReceiveAsync())!.Value.Payload));
    }
}
