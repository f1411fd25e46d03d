using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Framing;

/// <summary>A reader asks before it keeps anything, and leaves nothing behind when it is refused.</summary>
public sealed class MessageReaderRoomTests
{
    private static readonly byte[] Plain = ClientFrame.Binary(ClientFrame.Bytes(5000));
    private static readonly byte[] Compressed = CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress(ClientFrame.Bytes(5000)));

    public static TheoryData<string, byte[], long> Inputs { get; } = new()
    {
        { "a plain message in part", Plain, 4096 },
        { "a fragment", ClientFrame.Join(ClientFrame.Text("a", fin: false), ClientFrame.Continue(new byte[5000], fin: true)), 4096 },
        { "a compressed message in part", Compressed, 4096 },
        { "what a compressed message becomes", CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress(new byte[100_000])), 50_000 },
        { "a ping in part", ClientFrame.Ping(ClientFrame.Bytes(100)), 64 },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Input_ThatThereIsNoRoomFor_IsRefusedAndLeavesNothing(string what, byte[] input, long room)
    {
        Assert.NotEmpty(what);
        for (var cut = 1; cut < input.Length; cut += Math.Max(1, input.Length / 97))
        {
            using var lender = new InflaterLender();
            var buffers = new BufferPool();
            var settings = new MessageReaderSettings(1 << 20, buffers, lender.Shared);
            buffers.Account.MaxBytes = 0;
            Assert.Equal(WantsRoom(input, cut) ? ProtocolError.NoRoom : ProtocolError.None, Read(settings, input, cut));
            Assert.Equal((0, 0, 0), (buffers.Rented, buffers.Account.Bytes, lender.Pool.Rented));

            // With a little, no more than that is ever taken.
            buffers.Account.MaxBytes = room;
            Read(settings, input, cut);
            Assert.Equal((0, 0, 0), (buffers.Rented, buffers.Account.Bytes, lender.Pool.Rented));
        }
    }

    [Fact]
    public void Refusal_SaysToComeAgain() => Assert.Equal(CloseCode.TryAgainLater, ProtocolError.NoRoom.Code());

    [Fact]
    public void CompressedPart_HowevermuchItBecomes_HoldsWhatHasCome()
    {
        using var lender = new InflaterLender();
        var buffers = new BufferPool();
        var settings = new MessageReaderSettings(1 << 20, buffers, lender.Shared);
        var reader = default(MessageReader);
        var frame = CompressedFrames.Frame(Opcode.Text, CompressedFrames.Compress(new byte[1_000_000]), fin: false);
        Assert.InRange(frame.Length, 900, 2000);
        var input = frame.AsSpan();

        Assert.Equal(ReadStatus.NeedMore, reader.Read(settings, ref input, out _));

        Assert.InRange(buffers.Account.Bytes, 900, 4096);
        Assert.Equal(0, lender.Pool.Rented);
        reader.Release(settings);
        Assert.Equal(0, buffers.Account.Bytes);
    }

    [Fact]
    public void OwnInflater_ThatThereIsNoRoomFor_IsRefusedAndLetGoOfOnce()
    {
        var account = new MemoryAccount { MaxTotalBytes = 1000 };
        var counters = new CompressionCounters();
        using (var refused = new DedicatedInflater(15, account, counters))
            Assert.False(refused.TryRent(out _));
        Assert.Equal(0, account.HeldBytes);

        account.MaxTotalBytes = long.MaxValue;
        var own = new DedicatedInflater(15, account, counters);
        Assert.True(own.TryRent(out var first));
        Assert.True(own.TryRent(out var second));
        Assert.Same(first, second);
        Assert.Equal(MessageInflater.SizeOf(15, keepsHistory: true), account.HeldBytes);
        own.Dispose();
        own.Dispose();
        Assert.Equal(0, account.HeldBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SkippedData_IsNeitherKeptNorJudged_AndControlFramesAreFound(bool isCompressed)
    {
        var message = isCompressed ? CompressedFrames.Frame(Opcode.Text, ClientFrame.Bytes(3000), fin: false) : ClientFrame.Join(ClientFrame.Text("a", fin: false));
        var input = ClientFrame.Join(message, ClientFrame.Ping(1, 2), ClientFrame.Continue([0xFF, 0xFE], fin: true), ClientFrame.Binary(new byte[2000]), ClientFrame.Ping(3));
        for (var cut = 1; cut < message.Length; cut += 7)
        {
            using var lender = new InflaterLender();
            var buffers = new BufferPool();
            var settings = new MessageReaderSettings(1 << 20, buffers, lender.Shared);
            var reader = default(MessageReader);
            Span<byte> head = input.AsSpan(0, cut).ToArray();
            Assert.Equal(ReadStatus.NeedMore, reader.Read(settings, ref head, out _));

            reader.SkipData(settings);
            Assert.Equal((0, 0), (buffers.Rented, buffers.Account.Bytes));

            Span<byte> rest = input.AsSpan(cut).ToArray();
            Assert.Equal(ReadStatus.Control, reader.Read(settings, ref rest, out var ping));
            Assert.Equal([1, 2], ping.Payload.ToArray());
            Assert.Equal(ReadStatus.Control, reader.Read(settings, ref rest, out ping));
            Assert.Equal([3], ping.Payload.ToArray());
            Assert.Equal(ReadStatus.NeedMore, reader.Read(settings, ref rest, out _));
            Assert.Equal(0, buffers.Rented);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CompressedMessage_ThatIsHopelessByItsBeginning_IsNotDecompressedToItsEnd(bool withTakeover)
    {
        using var lender = new InflaterLender();
        var buffers = new BufferPool();
        using var own = withTakeover ? new DedicatedInflater(15, buffers.Account, lender.Counters) : null;
        var settings = new MessageReaderSettings(1 << 20, buffers, own ?? lender.Shared);
        var reader = default(MessageReader);
        var input = ClientFrame.Join(CompressedFrames.Frame(Opcode.Text, CompressedFrames.Compress(new byte[1_000_000])), ClientFrame.Text("next")).AsSpan();

        Assert.Equal(ReadStatus.Message, reader.Read(settings, ref input, out var message, static beginning => beginning.Length > 100));

        // What the next message may refer to has to be known to its end.
        Assert.InRange(message.Payload.Length, withTakeover ? 1_000_000 : 101, withTakeover ? 1_000_000 : 4096);
        Assert.Equal(ReadStatus.Message, reader.Read(settings, ref input, out message));
        Assert.Equal("next", System.Text.Encoding.ASCII.GetString(message.Payload));
        reader.Release(settings);
        Assert.Equal((0, 0), (buffers.Rented, lender.Pool.Rented));
    }

    [Theory]
    [InlineData(4095, 1 << 20)]
    [InlineData(4096, 1 << 20)]
    [InlineData(4097, 1 << 20)]
    [InlineData(100_000, 1 << 20)]
    [InlineData(4096, 4096)]
    [InlineData(1000, 1000)]
    public void CompressedMessage_ThatIsLookedAtAndGood_IsWhole(int length, int limit)
    {
        using var lender = new InflaterLender();
        var buffers = new BufferPool();
        var settings = new MessageReaderSettings(limit, buffers, lender.Shared);
        var reader = default(MessageReader);
        var payload = ClientFrame.Bytes(length);
        foreach (var (sent, expected) in new[] { (payload, ReadStatus.Message), (ClientFrame.Bytes(limit + 1), ReadStatus.Error) })
        {
            var input = CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress(sent)).AsSpan();

            Assert.Equal(expected, reader.Read(settings, ref input, out var message, static _ => false));

            if (expected == ReadStatus.Message)
                Assert.Equal(payload, message.Payload.ToArray());
            else
                Assert.Equal(ProtocolError.MessageTooBig, message.Error);
        }

        reader.Release(settings);
        Assert.Equal((0, 0), (buffers.Rented, lender.Pool.Rented));
    }

    /// <summary>Plain and compressed messages that lie whole in a piece need no room for themselves; what they become does.</summary>
    private static bool WantsRoom(byte[] input, int cut)
    {
        using var lender = new InflaterLender();
        var buffers = new BufferPool();
        var settings = new MessageReaderSettings(1 << 20, buffers, lender.Shared);
        var most = 0L;
        buffers.Account.Arm(0);
        buffers.Account.Alarm = () => most = 1;
        Read(settings, input, cut);
        return most > 0;
    }

    private static ProtocolError Read(MessageReaderSettings settings, byte[] input, int cut)
    {
        var reader = default(MessageReader);
        var error = ProtocolError.None;
        foreach (var piece in (byte[][])[input[..cut], input[cut..]])
        {
            Span<byte> rest = piece.ToArray();
            ReadStatus status;
            while (error == ProtocolError.None && (status = reader.Read(settings, ref rest, out var message)) != ReadStatus.NeedMore)
                error = status == ReadStatus.Error ? message.Error : ProtocolError.None;
        }

        reader.Release(settings);
        return error;
    }
}
