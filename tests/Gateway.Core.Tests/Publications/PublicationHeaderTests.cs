using System.Text;
using Gateway.Core.Publications;

namespace Gateway.Core.Tests.Publications;

public sealed class PublicationHeaderTests
{
    // docs/protocol.md writes both out.
    private const string WithAKey = "006777 01 0007 01 0004 45555255 7B2262223A317D";
    private const string Empty = "006777 01 0000 006777FF";

    [Fact]
    public void Header_WithAKey_IsWhatTheDocumentationShows()
    {
        Assert.Equal(Hex(WithAKey), PublicationHeader.Write("{\"b\":1}"u8, (PublicationField.Key, "EURU")));

        var header = PublicationHeader.Read(Hex(WithAKey), out var payload);
        Assert.Equal((HeaderResult.Read, "EURU", "{\"b\":1}", false), (header.Result, Text(header.Key), Text(payload), header.IsBinary));
    }

    [Fact]
    public void Header_InFrontOfBytesThatLookLikeOne_IsWhatTheDocumentationShows()
    {
        Assert.Equal(Hex(Empty), PublicationHeader.Write(Hex("006777FF")));

        Assert.Equal(HeaderResult.Read, PublicationHeader.Read(Hex(Empty), out var payload).Result);
        Assert.Equal("006777FF", Convert.ToHexString(payload));
    }

    [Fact]
    public void Header_OfEveryField_IsReadBack()
    {
        var message = PublicationHeader.Write(
            [], (PublicationField.Key, "é"), (PublicationField.Traceparent, "p"), (PublicationField.Tracestate, null), (PublicationField.Binary, ""));

        var header = PublicationHeader.Read(message, out var payload);

        Assert.Equal((HeaderResult.Read, "é", "p", "", true, 0), (header.Result, Text(header.Key), Text(header.Traceparent), Text(header.Tracestate), header.IsBinary, payload.Length));
        Assert.Equal(message.Length, PublicationHeader.LengthOf(message));
    }

    [Fact]
    public void Header_OfTheLongestFields_Fits_AndALongerOneIsNotWritten()
    {
        var longest = new string('k', ushort.MaxValue - 3);
        var message = PublicationHeader.Write("payload"u8, (PublicationField.Key, longest));

        Assert.Equal(PublicationHeader.MaxBytes, PublicationHeader.LengthOf(message));
        Assert.Equal(longest, Text(PublicationHeader.Read(message, out _).Key));
        Assert.Throws<OverflowException>(() => PublicationHeader.Write([], (PublicationField.Key, longest + "k")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0067")]
    [InlineData("006778 01 0000")]
    [InlineData("7B7D")]
    [InlineData("67770100")]
    public void Message_WithoutTheMark_IsAPayload(string hex)
    {
        Assert.Equal(HeaderResult.None, PublicationHeader.Read(Hex(hex), out var payload).Result);
        Assert.Equal(Hex(hex), payload);
        Assert.Equal(0, PublicationHeader.LengthOf(Hex(hex)));
    }

    [Theory]
    [InlineData("006777")] // ends in the header
    [InlineData("006777 01")]
    [InlineData("006777 01 00")]
    [InlineData("006777 01 0001")]
    [InlineData("006777 00 0000 31")] // no such version
    [InlineData("006777 01 0001 01")] // ends in a field's head
    [InlineData("006777 01 0002 01 00")]
    [InlineData("006777 01 0003 01 0001")] // ends in its value
    [InlineData("006777 01 0003 01 0001 61 31")] // its value would be of the payload
    [InlineData("006777 01 0005 04 0000 01 00 31")] // the second ends
    public void Message_WhoseHeaderIsNone_IsAPayloadAsItCame(string hex)
    {
        var header = PublicationHeader.Read(Hex(hex), out var payload);

        Assert.Equal((HeaderResult.Malformed, false, ""), (header.Result, header.IsBinary, Text(header.Key)));
        Assert.Equal(Hex(hex), payload);
    }

    [Theory]
    [InlineData("006777 02 0000 31", "1")]
    [InlineData("006777 FF 0003 0161FF 31", "1")]
    [InlineData("006777 02 0003 010000", "")]
    public void Message_OfANewerVersion_IsItsPayload(string hex, string expected)
    {
        Assert.Equal(HeaderResult.NewerVersion, PublicationHeader.Read(Hex(hex), out var payload).Result);
        Assert.Equal(expected, Text(payload));
    }

    [Theory]
    [InlineData("006777 01 0008 00 0001 61 01 0001 6B 31")]
    [InlineData("006777 01 0008 01 0001 6B FF 0001 61 31")]
    [InlineData("006777 01 000C 01 0001 6A 05 0001 00 01 0001 6B 31")] // of one that stands twice, the last
    public void Field_ThatIsNotKnown_IsSkipped(string hex)
    {
        var header = PublicationHeader.Read(Hex(hex), out var payload);

        Assert.Equal((HeaderResult.Read, "k", "1"), (header.Result, Text(header.Key), Text(payload)));
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
