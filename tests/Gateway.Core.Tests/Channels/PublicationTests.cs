using System.Text;
using Gateway.Core.Buffers;
using Gateway.Core.Channels;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Channels;

public sealed class PublicationTests
{
    [Theory]
    [InlineData("{}", PayloadKind.Json)]
    [InlineData(" [1, 2] \r\n", PayloadKind.Json)]
    [InlineData("null", PayloadKind.Json)]
    [InlineData("\"text\"", PayloadKind.Json)]
    [InlineData("-1.5e300", PayloadKind.Json)]
    [InlineData("{\"a\":1,\"a\":2}", PayloadKind.Json)]
    [InlineData("\"\\ud800\"", PayloadKind.Json)] // a lone surrogate, escaped: RFC 8259 §8.2 lets it pass
    [InlineData("", PayloadKind.Text)]
    [InlineData(" ", PayloadKind.Text)]
    [InlineData("hello", PayloadKind.Text)]
    [InlineData("{} {}", PayloadKind.Text)]
    [InlineData("{\"a\":1,}", PayloadKind.Text)]
    [InlineData("[1] // no comment", PayloadKind.Text)]
    [InlineData("NaN", PayloadKind.Text)]
    [InlineData("01", PayloadKind.Text)]
    [InlineData("\uFEFF{}", PayloadKind.Text)] // RFC 8259 §8.1: no byte order mark
    [InlineData("{\"a\":\"\n\"}", PayloadKind.Text)]
    public void Kind_Text_IsJsonWhenItIsOneValue(string payload, object expected) =>
        Assert.Equal((PayloadKind)expected, Of(Encoding.UTF8.GetBytes(payload)).Kind);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0x22, 0xC3, 0x22 })] // a JSON string of invalid UTF-8
    [InlineData(new byte[] { 0x22, 0xED, 0xA0, 0x80, 0x22 })]
    public void Kind_NoUtf8_IsBinary(byte[] payload) => Assert.Equal(PayloadKind.Binary, Of(payload).Kind);

    [Theory]
    [InlineData(1000, PayloadKind.Json)]
    [InlineData(1001, PayloadKind.Text)]
    [InlineData(500_000, PayloadKind.Text)] // and no stack overflows
    public void Kind_DeepJson_IsTextAboveABound(int depth, object expected) =>
        Assert.Equal((PayloadKind)expected, Of(Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth))).Kind);

    [Fact]
    public async Task FrameFor_ManyThreads_EncodesOncePerEncoder()
    {
        for (var round = 0; round < 200; round++)
        {
            var encoders = Enumerable.Range(0, Publication.MaxEncoders).Select(slot => new Fixtures.TestEncoder(slot)).ToArray();
            var publication = Of("x"u8.ToArray());
            var frames = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
                () => encoders.Select(publication.FrameFor).ToArray())));

            Assert.All(encoders, encoder => Assert.Equal(1, encoder.Encoded));
            Assert.All(frames, mine => Assert.Equal<OutboundFrame>(frames[0], mine));
            Assert.Equal(encoders.Length, frames[0].Distinct().Count());
        }
    }

    [Fact]
    public void Release_ByTheLastShard_ReturnsItEmpty()
    {
        var pool = new PublicationPool(new MemoryAccount());
        var encoder = new Fixtures.TestEncoder(0);
        var first = pool.Rent(ChannelName.Parse("news"), "{}"u8.ToArray(), 0, holders: 2);
        var frame = first.FrameFor(encoder).Array;
        Assert.Equal(PayloadKind.Json, first.Kind);

        first.Release();
        Assert.Equal(1, pool.Rented);
        first.Release();
        Assert.Equal(0, pool.Rented);

        var next = pool.Rent(ChannelName.Parse("chat"), "text"u8.ToArray(), 1, holders: 1);
        Assert.Same(first, next);
        Assert.Equal(PayloadKind.Text, next.Kind);
        Assert.Equal("chat:text", Encoding.UTF8.GetString(next.FrameFor(encoder).Payload));
        Assert.Equal("news:{}", Encoding.UTF8.GetString(OutboundFrame.Of(frame).Payload)); // a queue may hold it still
    }

    private static Publication Of(byte[] payload) => new(ChannelName.Parse("news"), payload, 0);
}
