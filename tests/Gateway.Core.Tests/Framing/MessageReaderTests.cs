using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>Valid and invalid input by the RFC's section, each however it is cut.</summary>
public class MessageReaderTests
{
    private static readonly byte[] Hello = "Hello"u8.ToArray();
    private static readonly byte[] Kosme = [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5];

    private static readonly Dictionary<string, (byte[] Input, ReadEvent[] Expected)> Cases = new()
    {
        // Valid
        ["5.7 single masked text"] = (Convert.FromHexString("818537FA213D7F9F4D5158"), [Text(Hello)]),
        ["5.7 fragmented text"] = (Join(ClientFrame.Text("Hel", fin: false), ClientFrame.Continue("lo"u8.ToArray(), fin: true)), [Text(Hello)]),
        ["5.6 empty text"] = (ClientFrame.Text(""), [Text([])]),
        ["5.6 empty binary"] = (ClientFrame.Binary([]), [Binary([])]),
        ["5.6 several messages"] = (Join(ClientFrame.Text("Hello"), ClientFrame.Binary([1, 2]), ClientFrame.Text("Hello")), [Text(Hello), Binary([1, 2]), Text(Hello)]),
        ["5.2 length of 16 bits"] = (ClientFrame.Binary(ClientFrame.Bytes(126)), [Binary(ClientFrame.Bytes(126))]),
        ["5.3 key of zero"] = (ClientFrame.Encode(Opcode.Text, Hello, key: 0), [Text(Hello)]),
        ["5.4 empty fragments only"] = (
            Join(ClientFrame.Binary([], fin: false), ClientFrame.Continue([], fin: false), ClientFrame.Continue([], fin: true)), [Binary([])]),
        ["5.4 empty fragments around"] = (
            Join(ClientFrame.Text("", fin: false), ClientFrame.Continue(Hello, fin: false), ClientFrame.Continue([], fin: true)), [Text(Hello)]),
        ["5.4 empty first fragment"] = (Join(ClientFrame.Text("", fin: false), ClientFrame.Continue(Hello, fin: true)), [Text(Hello)]),
        ["5.4 control frames between fragments"] = (
            Join(ClientFrame.Text("Hel", fin: false), ClientFrame.Ping(1, 2, 3, 4, 5), ClientFrame.Pong(), ClientFrame.Continue("lo"u8.ToArray(), fin: true), ClientFrame.Ping(9)),
            [Control(Opcode.Ping, [1, 2, 3, 4, 5]), Control(Opcode.Pong, []), Text(Hello), Control(Opcode.Ping, [9])]),
        ["5.4 control frames after an empty fragment"] = (
            Join(ClientFrame.Text("", fin: false), ClientFrame.Ping(1, 2, 3), ClientFrame.Continue(Hello, fin: true)), [Control(Opcode.Ping, [1, 2, 3]), Text(Hello)]),
        ["5.5 longest ping"] = (ClientFrame.Ping(ClientFrame.Bytes(125)), [Control(Opcode.Ping, ClientFrame.Bytes(125))]),
        ["5.5.1 close without payload"] = (ClientFrame.Close(), [Control(Opcode.Close, [])]),
        ["5.5.1 close with code and reason"] = (ClientFrame.Close([0x03, 0xE8, .. Kosme]), [Control(Opcode.Close, [0x03, 0xE8, .. Kosme])]),
        ["5.5.1 close within a message"] = (Join(ClientFrame.Text("Hel", fin: false), ClientFrame.Close(0x0F, 0xA0)), [Control(Opcode.Close, [0x0F, 0xA0])]),
        ["8.1 characters over fragments"] = (
            Join(ClientFrame.Text(Kosme[..1], fin: false), ClientFrame.Continue(Kosme[1..3], fin: false), ClientFrame.Ping(0xFF), ClientFrame.Continue(Kosme[3..], fin: true)),
            [Control(Opcode.Ping, [0xFF]), Text(Kosme)]),
        ["8.1 binary need not be text"] = (ClientFrame.Binary([0xFF, 0xC0]), [Binary([0xFF, 0xC0])]),
        ["8.1 fragmented binary after text"] = (
            Join(ClientFrame.Text("Hello"), ClientFrame.Binary([0xFF], fin: false), ClientFrame.Continue([0xC0], fin: true)), [Text(Hello), Binary([0xFF, 0xC0])]),

        // Invalid
        ["5.1 unmasked text"] = ([0x81, 0x01, 0x41], [Fault(ProtocolError.UnmaskedFrame)]),
        ["5.1 unmasked close"] = ([0x88, 0x00], [Fault(ProtocolError.UnmaskedFrame)]),
        ["5.2 RSV1"] = ([0xC1], [Fault(ProtocolError.ReservedBits)]),
        ["5.2 RSV2"] = ([0xA1], [Fault(ProtocolError.ReservedBits)]),
        ["5.2 RSV3 of a ping"] = ([0x99], [Fault(ProtocolError.ReservedBits)]),
        ["5.2 data opcode 3"] = ([0x83], [Fault(ProtocolError.ReservedOpcode)]),
        ["5.2 control opcode 15"] = ([0x8F], [Fault(ProtocolError.ReservedOpcode)]),
        ["5.2 short length in 16 bits"] = ([0x82, 0xFE, 0x00, 0x7D], [Fault(ProtocolError.LengthNotMinimal)]),
        ["5.2 short length in 64 bits"] = ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], [Fault(ProtocolError.LengthNotMinimal)]),
        ["5.2 length with its top bit"] = ([0x82, 0xFF, 0x80], [Fault(ProtocolError.LengthTopBit)]),
        ["5.4 continuation of nothing"] = ([0x80], [Fault(ProtocolError.UnexpectedContinuation)]),
        ["5.4 continuation after a whole message"] = (Join(ClientFrame.Text("Hello"), ClientFrame.Continue([], fin: true)), [Text(Hello), Fault(ProtocolError.UnexpectedContinuation)]),
        ["5.4 message within a message"] = (Join(ClientFrame.Text("Hel", fin: false), ClientFrame.Text("lo")), [Fault(ProtocolError.ExpectedContinuation)]),
        ["5.4 message after an empty fragment"] = (Join(ClientFrame.Text("", fin: false), ClientFrame.Binary([1])), [Fault(ProtocolError.ExpectedContinuation)]),
        ["5.5 fragmented ping"] = ([0x09], [Fault(ProtocolError.FragmentedControlFrame)]),
        ["5.5 fragmented close"] = ([0x08], [Fault(ProtocolError.FragmentedControlFrame)]),
        ["5.5 ping of 126 bytes"] = ([0x89, 0xFE], [Fault(ProtocolError.ControlFrameTooLong)]),
        ["5.5 close with a 64-bit length"] = ([0x88, 0xFF], [Fault(ProtocolError.ControlFrameTooLong)]),
        ["5.5.1 close of one byte"] = (ClientFrame.Close(3), [Fault(ProtocolError.ClosePayloadOfOneByte)]),
        ["5.5.1 close reason that is not UTF-8"] = (ClientFrame.Close(0x03, 0xE8, 0xCE), [Fault(ProtocolError.InvalidUtf8InCloseReason)]),
        ["7.4.1 code 1005"] = (ClientFrame.Close(0x03, 0xED), [Fault(ProtocolError.InvalidCloseCode)]),
        ["7.4.2 code 999"] = (ClientFrame.Close(0x03, 0xE7), [Fault(ProtocolError.InvalidCloseCode)]),
        ["7.4.2 code 5000"] = (ClientFrame.Close(0x13, 0x88), [Fault(ProtocolError.InvalidCloseCode)]),
        ["8.1 text that is not UTF-8"] = (ClientFrame.Text([0x41, 0xC0, 0x41]), [Fault(ProtocolError.InvalidUtf8)]),
        ["8.1 text that ends within a character"] = (ClientFrame.Text(Kosme[..^1]), [Fault(ProtocolError.InvalidUtf8)]),
        ["8.1 fragments that end within a character"] = (
            Join(ClientFrame.Text(Kosme[..3], fin: false), ClientFrame.Continue([], fin: true)), [Fault(ProtocolError.InvalidUtf8)]),
        ["8.1 error in the second fragment"] = (
            Join(ClientFrame.Text(Kosme, fin: false), ClientFrame.Continue([0xF4, 0x90], fin: false)), [Fault(ProtocolError.InvalidUtf8)]),
        ["10.4 message above the maximum"] = (ClientFrame.Binary(new byte[301]), [Fault(ProtocolError.MessageTooBig)]),
        ["10.4 fragments above the maximum"] = (
            Join(ClientFrame.Binary(new byte[200], fin: false), ClientFrame.Ping(1), ClientFrame.Continue(new byte[101], fin: false)),
            [Control(Opcode.Ping, [1]), Fault(ProtocolError.MessageTooBig)]),

        // What is valid before the fault is delivered first.
        ["5.2 fault behind messages"] = (
            Join(ClientFrame.Ping(1), ClientFrame.Text("Hello"), [0xF1]), [Control(Opcode.Ping, [1]), Text(Hello), Fault(ProtocolError.ReservedBits)]),
        ["8.1 fault behind a control frame"] = (
            Join(ClientFrame.Text("Hel", fin: false), ClientFrame.Ping(), ClientFrame.Continue([0xFF], fin: true)),
            [Control(Opcode.Ping, []), Fault(ProtocolError.InvalidUtf8)]),
    };

    public static readonly TheoryData<string> Names = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Input_HoweverItIsCut_GivesWhatTheRfcSays(string section)
    {
        var (input, expected) = Cases[section];
        ReaderRun.ExpectHoweverCut(input, expected, maxMessageBytes: 300);
    }

    [Theory]
    [InlineData("C1")] // RSV1
    [InlineData("8101")] // unmasked
    [InlineData("89FE")] // long ping
    [InlineData("82FE007D")] // not minimal
    [InlineData("82FE012D")] // 301 bytes, above the maximum, before the masking key
    [InlineData("82FF0000000100000000")]
    [InlineData("82FF7FFFFFFFFFFFFFFF")]
    public void Header_WithAFault_IsRefusedAtTheByteThatShowsIt(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var run = new ReaderRun(maxMessageBytes: 300);
        for (var i = 0; i < bytes.Length - 1; i++)
            Assert.True(run.Feed(bytes.AsSpan(i, 1)), $"byte {i}");
        Assert.False(run.Feed(bytes.AsSpan(bytes.Length - 1)));
    }

    [Fact]
    public void Text_WithAFault_IsRefusedBeforeItIsComplete()
    {
        var frame = ClientFrame.Text([.. "valid"u8, 0xED, 0xA0, .. new byte[100]]);
        var run = new ReaderRun();

        Assert.True(run.Feed(frame.AsSpan(0, 6 + 6)));
        Assert.False(run.Feed(frame.AsSpan(12, 1)));
        Assert.Equal([Fault(ProtocolError.InvalidUtf8)], run.Events);
    }

    [Fact]
    public void Message_OfExactlyTheMaximum_IsDelivered()
    {
        var bytes = ClientFrame.Bytes(300);
        ReaderRun.ExpectHoweverCut(ClientFrame.Binary(bytes), [Binary(bytes)], maxMessageBytes: 300);
        ReaderRun.ExpectHoweverCut(
            Join(ClientFrame.Binary(bytes[..299], fin: false), ClientFrame.Continue(bytes[299..], fin: false), ClientFrame.Continue([], fin: true)), [Binary(bytes)], maxMessageBytes: 300);
    }

    [Fact]
    public void EmptyFragments_OfEachMessage_AreCountedAndEndWhatHasNoEnd()
    {
        var most = Join(ClientFrame.Text("", fin: false), EmptyFragments(MessageReader.MaxEmptyFragments - 1), ClientFrame.Continue([0x61], fin: true));
        Assert.Equal([Text([0x61]), Text([0x61])], ReaderRun.Whole(Join(most, most)));

        var more = Join(ClientFrame.Text("", fin: false), EmptyFragments(MessageReader.MaxEmptyFragments));
        Assert.Equal([Text([0x61]), Fault(ProtocolError.MessageTooBig)], ReaderRun.Whole(Join(most, more)));
    }

    [Fact]
    public void ControlFrame_LargerThanTheMaximumMessage_IsDelivered()
    {
        var bytes = ClientFrame.Bytes(125);
        ReaderRun.ExpectHoweverCut(
            Join(ClientFrame.Text("a", fin: false), ClientFrame.Ping(bytes), ClientFrame.Continue([], fin: true)), [Control(Opcode.Ping, bytes), Text("a"u8.ToArray())], maxMessageBytes: 1);
    }

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public void Message_OfEveryLengthEncoding_IsDelivered(int length)
    {
        var bytes = ClientFrame.Bytes(length);
        var frame = ClientFrame.Binary(bytes);

        Assert.Equal([Binary(bytes)], ReaderRun.Whole(frame));
        Assert.Equal([Binary(bytes)], ReaderRun.ByteByByte(frame));
        for (var cut = 0; cut < 32; cut++)
        {
            Assert.Equal([Binary(bytes)], ReaderRun.Cut(frame, [cut]));
            Assert.Equal([Binary(bytes)], ReaderRun.Cut(frame, [frame.Length - cut]));
        }
    }

    [Fact]
    public void Message_OfAHundredThousandFragments_IsDelivered()
    {
        var bytes = Enumerable.Repeat((byte)'x', 50_000).ToArray();
        var input = new List<byte>(ClientFrame.Text("", fin: false));
        for (var i = 0; i < 50_000; i++)
        {
            input.AddRange(ClientFrame.Continue(bytes[i..(i + 1)], fin: false));
            input.AddRange(ClientFrame.Continue([], fin: false));
        }

        input.AddRange(ClientFrame.Continue([], fin: true));
        var all = input.ToArray();

        Assert.Equal([Text(bytes)], ReaderRun.Whole(all));
        Assert.Equal([Text(bytes)], ReaderRun.Cut(all, Enumerable.Range(0, all.Length / 1000).Select(i => i * 1000)));
    }

    [Fact]
    public void Error_Once_StaysTheAnswer()
    {
        var run = new ReaderRun();

        Assert.False(run.Feed([0xC1]));
        Assert.False(run.Feed(ClientFrame.Text("Hello")));
        Assert.Equal([Fault(ProtocolError.ReservedBits), Fault(ProtocolError.ReservedBits)], run.Events);
    }

    private static byte[] Join(params byte[][] parts) => ClientFrame.Join(parts);

    private static byte[] EmptyFragments(int count) => Join([.. Enumerable.Repeat(ClientFrame.Continue([], fin: false), count)]);

    private static ReadEvent Text(byte[] payload) => ReadEvent.Message(Opcode.Text, payload);

    private static ReadEvent Binary(byte[] payload) => ReadEvent.Message(Opcode.Binary, payload);

    private static ReadEvent Control(Opcode opcode, byte[] payload) => ReadEvent.Control(opcode, payload);

    private static ReadEvent Fault(ProtocolError error) => ReadEvent.Fault(error);
}
