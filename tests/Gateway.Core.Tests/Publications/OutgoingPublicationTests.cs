using System.Diagnostics;
using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Publications;

namespace Gateway.Core.Tests.Publications;

public sealed class OutgoingPublicationTests
{
    private static readonly ChannelName Channel = ChannelName.Parse("prices:\"é");

    [Theory]
    [InlineData("00FF", true)] // bytes that are no text need no telling
    [InlineData("31", false)]
    [InlineData("", false)]
    [InlineData("00", false)]
    [InlineData("006766", false)]
    public void Message_WithNothingToSay_IsThePayloadItself(string hex, bool isBinary)
    {
        ReadOnlyMemory<byte> payload = Convert.FromHexString(hex);

        Assert.True(new OutgoingPublication(Channel, payload, Key: null, isBinary).ToMessage(trace: null).Equals(payload));
    }

    [Theory]
    [InlineData("31", null, true)]
    [InlineData("", null, true)]
    [InlineData("31", "a\"é", true)]
    [InlineData("31", "k", false)]
    [InlineData("", "k", false)]
    [InlineData("006777", null, false)]
    [InlineData("0067770100", null, false)]
    [InlineData("006777010000", "k", false)]
    public void Message_WithSomethingToSay_HasAHeader_AndItsPayloadByteForByte(string hex, string? key, bool isBinary)
    {
        var message = new OutgoingPublication(Channel, Convert.FromHexString(hex), key, isBinary).ToMessage(trace: null);

        var header = PublicationHeader.Read(message.Span, out var payload);
        Assert.Equal((HeaderResult.Read, key, isBinary), (header.Result, PublicationKey.Of(header.Key), header.IsBinary));
        Assert.Equal(hex, Convert.ToHexString(payload));
    }

    [Fact]
    public void Message_OfATrace_SaysWhich()
    {
        using var trace = new Activity("publish") { TraceStateString = "vendor=1" }.Start();

        var header = PublicationHeader.Read(new OutgoingPublication(Channel, "1"u8.ToArray(), Key: null, IsBinary: false).ToMessage(trace).Span, out _);

        Assert.Equal((trace.Id, "vendor=1"), (Encoding.UTF8.GetString(header.Traceparent), Encoding.UTF8.GetString(header.Tracestate)));
    }

    [Fact]
    public void Message_OfATraceWhoseStateIsTooLong_GoesWithoutIt()
    {
        using var trace = new Activity("publish") { TraceStateString = new string('v', 70_000) }.Start();

        var header = PublicationHeader.Read(new OutgoingPublication(Channel, "1"u8.ToArray(), Key: null, IsBinary: false).ToMessage(trace).Span, out _);

        Assert.Equal((trace.Id, 0), (Encoding.UTF8.GetString(header.Traceparent), header.Tracestate.Length));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(PublicationKey.MaxBytes, true)]
    [InlineData(PublicationKey.MaxBytes + 1, false)]
    public void Key_OfSoManyBytes_IsOneOrNone(int bytes, bool isKey)
    {
        var key = new byte[bytes];
        key.AsSpan().Fill((byte)'k');

        Assert.Equal(isKey, PublicationKey.Of(key) is not null);
    }

    [Fact]
    public void Key_ThatIsNoUtf8_IsNone() => Assert.Null(PublicationKey.Of([0xFF]));
}
