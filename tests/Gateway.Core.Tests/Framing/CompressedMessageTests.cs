using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>Compressed messages as a reader sees them, RFC 7692 §6 and §7.2.</summary>
public sealed class CompressedMessageTests : IDisposable
{
    private static readonly byte[] Hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
    private static readonly ReadEvent HelloMessage = ReadEvent.Message(Opcode.Text, "Hello"u8);

    private readonly InflaterLender _lender = new();

    public void Dispose() => _lender.Dispose();

    [Fact]
    public void Rfc7_2_3_1_OneCompressedBlock_IsHello() => _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, Hello), [HelloMessage]);

    [Fact]
    public void Rfc7_2_3_1_InFragments_IsHello()
    {
        // The RFC's own fragments, then every other cutting in two and three.
        _lender.ExpectHoweverCut(CompressedFrames.Frames(Opcode.Text, Hello, 3), [HelloMessage]);
        for (var first = 0; first <= Hello.Length; first++)
        {
            for (var second = first; second <= Hello.Length; second++)
                Assert.Equal([HelloMessage], _lender.Read(Fragments(Hello[..first], Hello[first..second], Hello[second..]), []));
        }
    }

    [Fact]
    public void Rfc7_2_3_2_SharedWindow_SecondHelloRefersToTheFirst()
    {
        byte[] second = [0xF2, 0x00, 0x11, 0x00, 0x00];
        var input = ClientFrame.Join(CompressedFrames.Frame(Opcode.Text, Hello), CompressedFrames.Frame(Opcode.Text, second));

        _lender.ExpectHoweverCut(input, [HelloMessage, HelloMessage], withTakeover: true);
    }

    [Fact]
    public void SharedWindow_ThatWasNotAgreedTo_EndsTheConnection()
    {
        byte[] second = [0xF2, 0x00, 0x11, 0x00, 0x00];
        var input = ClientFrame.Join(CompressedFrames.Frame(Opcode.Text, Hello), CompressedFrames.Frame(Opcode.Text, second));

        _lender.ExpectHoweverCut(input, [HelloMessage, ReadEvent.Fault(ProtocolError.InvalidDeflate)]);
    }

    [Fact]
    public void Rfc7_2_3_3_BlockWithoutCompression_IsHello() =>
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]), [HelloMessage]);

    [Fact]
    public void Rfc7_2_3_4_FinalBlock_IsHello() =>
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]), [HelloMessage]);

    [Fact]
    public void Rfc7_2_3_5_TwoBlocksInOneMessage_IsHello() =>
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]), [HelloMessage]);

    [Fact]
    public void Rfc7_2_3_6_EmptyFragment_IsAnEmptyMessage()
    {
        var empty = ReadEvent.Message(Opcode.Text, []);
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, [0x00]), [empty]);
        // zlib flushes nothing the second time, and clients send what it gives them.
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, []), [empty]);
        _lender.ExpectHoweverCut(Fragments(Hello, [], []), [HelloMessage]);
    }

    [Fact]
    public void FinalBlock_InTheMiddle_GoesOnWithTheSameWindow()
    {
        // "Hello" as a final block, then a block that refers to it: RFC 1951 §3.2.3 ends the stream, not the message.
        byte[] compressed = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xF2, 0x00, 0x11, 0x00, 0x00];

        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, compressed), [ReadEvent.Message(Opcode.Text, "HelloHello"u8)]);
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, compressed), [ReadEvent.Message(Opcode.Text, "HelloHello"u8)], withTakeover: true);
    }

    [Fact]
    public void FinalBlock_OfOneMessage_LeavesItsWindowToTheNext()
    {
        byte[] final = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00];
        byte[] second = [0xF2, 0x00, 0x11, 0x00, 0x00];
        var input = ClientFrame.Join(
            CompressedFrames.Frame(Opcode.Text, final), CompressedFrames.Frame(Opcode.Text, second),
            CompressedFrames.Frame(Opcode.Text, final), CompressedFrames.Frame(Opcode.Text, second));

        _lender.ExpectHoweverCut(input, [HelloMessage, HelloMessage, HelloMessage, HelloMessage], withTakeover: true);
    }

    [Fact]
    public void FinalBlock_BehindALongHistory_FindsAllOfTheWindow()
    {
        using var compressor = new CompressedFrames.Compressor();
        var far = ClientFrame.Bytes(1000);
        var between = ClientFrame.Bytes(31_000, seed: 2);
        byte[] final = [0x03, 0x00, 0x00]; // nothing, in a final block
        var input = ClientFrame.Join(
            CompressedFrames.Frame(Opcode.Binary, compressor.Compress(far)),
            CompressedFrames.Frame(Opcode.Binary, compressor.Compress(between)),
            CompressedFrames.Frame(Opcode.Binary, final),
            CompressedFrames.Frame(Opcode.Binary, [0x03, 0x00, .. compressor.Compress(far)]));

        Assert.True(compressor.Compress(far).Length < 100, "It refers to the first message.");
        Assert.Equal(
            [ReadEvent.Message(Opcode.Binary, far), ReadEvent.Message(Opcode.Binary, between), ReadEvent.Message(Opcode.Binary, []), ReadEvent.Message(Opcode.Binary, far)],
            _lender.Read(input, [], withTakeover: true));
    }

    [Fact]
    public void Message_NotCompressed_LeavesTheWindowAlone()
    {
        byte[] second = [0xF2, 0x00, 0x11, 0x00, 0x00];
        var input = ClientFrame.Join(CompressedFrames.Frame(Opcode.Text, Hello), ClientFrame.Text("plain"), CompressedFrames.Frame(Opcode.Text, second));

        _lender.ExpectHoweverCut(input, [HelloMessage, ReadEvent.Message(Opcode.Text, "plain"u8), HelloMessage], withTakeover: true);
    }

    [Fact]
    public void ControlFrames_BetweenFragments_ComeAtOnce()
    {
        var input = ClientFrame.Join(
            CompressedFrames.Frame(Opcode.Text, Hello.AsSpan(0, 3), fin: false), ClientFrame.Ping(1, 2, 3),
            ClientFrame.Continue(Hello[3..5], fin: false), ClientFrame.Pong(),
            ClientFrame.Continue(Hello[5..], fin: true), ClientFrame.Close());

        _lender.ExpectHoweverCut(
            input, [ReadEvent.Control(Opcode.Ping, [1, 2, 3]), ReadEvent.Control(Opcode.Pong, []), HelloMessage, ReadEvent.Control(Opcode.Close, [])]);
    }

    [Theory]
    [InlineData(0x9)]
    [InlineData(0xA)]
    [InlineData(0x8)]
    public void Rsv1_OnAControlFrame_IsAnError(byte opcode) =>
        _lender.ExpectHoweverCut(CompressedFrames.Frame((Opcode)opcode, []), [ReadEvent.Fault(ProtocolError.ReservedBits)]);

    [Fact]
    public void Rsv1_OnAContinuation_IsAnError() =>
        _lender.ExpectHoweverCut(
            ClientFrame.Join(CompressedFrames.Frame(Opcode.Text, Hello.AsSpan(0, 3), fin: false), CompressedFrames.Frame(Opcode.Continuation, Hello.AsSpan(3))),
            [ReadEvent.Fault(ProtocolError.ReservedBits)]);

    [Theory]
    [InlineData(0x20)]
    [InlineData(0x10)]
    [InlineData(0x60)]
    public void OtherReservedBits_AreStillErrors(byte bits)
    {
        var frame = ClientFrame.Text("x");
        frame[0] |= bits;

        _lender.ExpectHoweverCut(frame, [ReadEvent.Fault(ProtocolError.ReservedBits)]);
    }

    [Fact]
    public void Rsv1_NotAgreedTo_IsAnError() =>
        ReaderRun.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, Hello), [ReadEvent.Fault(ProtocolError.ReservedBits)]);

    [Theory]
    [InlineData("07")] // block type 11
    [InlineData("000500FAFE48656C6C6F00")] // a length that is not its complement's
    [InlineData("F348CDC9C90700FF")] // garbage behind a final block
    [InlineData("F248CDC9C9")] // cut off within a block
    [InlineData("F248CDC9C907")] // without the last empty block's header
    [InlineData("000500FAFF4865")] // cut off within a stored block
    [InlineData("F248CDC9C907000000FFFF")] // the tail was left on
    public void Data_InvalidOrCutOff_IsAnError(string compressed) =>
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, Convert.FromHexString(compressed)), [ReadEvent.Fault(ProtocolError.InvalidDeflate)]);

    [Fact]
    public void Data_ThatEndsWithAFinalBlock_NeedsNoEmptyOne() =>
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]), [HelloMessage]);

    [Fact]
    public void Inflater_AfterAnError_ServesTheNextReader()
    {
        _lender.Read(CompressedFrames.Frame(Opcode.Text, [0x07]), []);
        _lender.Read(CompressedFrames.Frame(Opcode.Text, Hello.AsSpan(0, 5)), []);
        Assert.Equal([HelloMessage], _lender.Read(CompressedFrames.Frame(Opcode.Text, Hello), []));
    }

    [Fact]
    public void Text_InvalidAfterDecompression_FailsWhenItIsWhole()
    {
        var frame = CompressedFrames.Frame(Opcode.Text, CompressedFrames.Compress([.. Encoding.UTF8.GetBytes("valid ä"), 0xFF, .. new byte[100]]), fin: false);

        // What a fragment becomes is not looked at before the last one is there.
        Assert.Empty(_lender.Read(frame, []));
        _lender.ExpectHoweverCut(ClientFrame.Join([frame, ClientFrame.Continue([], fin: true)]), [ReadEvent.Fault(ProtocolError.InvalidUtf8)]);
        // A character that is not whole at the end.
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, CompressedFrames.Compress([0x61, 0xE2, 0x82])), [ReadEvent.Fault(ProtocolError.InvalidUtf8)]);
        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress([0x61, 0xE2, 0x82])), [ReadEvent.Message(Opcode.Binary, [0x61, 0xE2, 0x82])]);
    }

    [Theory]
    [InlineData("C328", true, nameof(ProtocolError.InvalidUtf8))]
    [InlineData("C328", false, nameof(ProtocolError.InvalidUtf8))]
    [InlineData("6162", true, nameof(ProtocolError.InvalidDeflate))]
    [InlineData("6162", false, nameof(ProtocolError.MessageTooBig))]
    public void Message_WrongInTwoWays_EndsByTheFirstHoweverItIsCut(string text, bool isThenInvalid, string error)
    {
        // Two bytes in a stored block, then a block of no type, or more than the limit.
        byte[] compressed = [0x00, 0x02, 0x00, 0xFD, 0xFF, .. Convert.FromHexString(text), .. isThenInvalid ? [0x07] : CompressedFrames.Compress(new byte[2000])];

        _lender.ExpectHoweverCut(CompressedFrames.Frame(Opcode.Text, compressed), [ReadEvent.Fault(Enum.Parse<ProtocolError>(error))], maxMessageBytes: 1000);
    }

    [Fact]
    public void Counters_CountWhatCameAndWhatItBecame()
    {
        _lender.Read(CompressedFrames.Frame(Opcode.Text, Hello), []);

        Assert.Equal((1, 5, 7), (_lender.Counters.Messages.Value, _lender.Counters.OriginalBytes.Value, _lender.Counters.CompressedBytes.Value));
    }

    private static byte[] Fragments(byte[] first, byte[] second, byte[] third) => ClientFrame.Join(
        CompressedFrames.Frame(Opcode.Text, first, fin: false), ClientFrame.Continue(second, fin: false), ClientFrame.Continue(third, fin: true));
}
