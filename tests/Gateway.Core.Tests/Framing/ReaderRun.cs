using Gateway.Core.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>What a reader returned, copied, and comparable as text.</summary>
internal sealed record ReadEvent(ReadStatus Status, Opcode Opcode, string Payload, ProtocolError Error)
{
    public static ReadEvent Message(Opcode opcode, ReadOnlySpan<byte> payload) => new(ReadStatus.Message, opcode, Convert.ToHexString(payload), ProtocolError.None);

    public static ReadEvent Control(Opcode opcode, ReadOnlySpan<byte> payload) => new(ReadStatus.Control, opcode, Convert.ToHexString(payload), ProtocolError.None);

    public static ReadEvent Fault(ProtocolError error) => new(ReadStatus.Error, default, "", error);
}

/// <summary>Drives a <see cref="MessageReader"/> as a connection does: each piece until it needs more.</summary>
internal sealed class ReaderRun(int maxMessageBytes = 1 << 20, InflaterSource? inflaters = null)
{
    private readonly BufferPool _buffers = new();
    private MessageReader _reader;

    public List<ReadEvent> Events { get; } = [];

    public long Rented => _buffers.Rented;

    private MessageReaderSettings Settings => field ??= new MessageReaderSettings(maxMessageBytes, _buffers, inflaters);

    /// <summary>Feeds a piece; false when the reader refused it.</summary>
    public bool Feed(ReadOnlySpan<byte> piece)
    {
        // A copy in the middle of other bytes, which must stay as they are: reading happens in place.
        var block = new byte[piece.Length + 8];
        block.AsSpan().Fill(0xA5);
        piece.CopyTo(block.AsSpan(4));
        var input = block.AsSpan(4, piece.Length);
        while (true)
        {
            var status = _reader.Read(Settings, ref input, out var message);
            if (status == ReadStatus.NeedMore)
            {
                Assert.True(input.IsEmpty, "NeedMore must consume everything.");
                Assert.All(block[..4].Concat(block[^4..]), b => Assert.Equal(0xA5, b));
                return true;
            }

            Events.Add(new ReadEvent(status, message.Opcode, Convert.ToHexString(message.Payload), message.Error));
            if (status == ReadStatus.Error)
                return false;
        }
    }

    public void Release() => _reader.Release(Settings);

    /// <summary>Feeds an input in pieces that end at the cuts, and checks that every rental has returned.</summary>
    public static List<ReadEvent> Cut(ReadOnlySpan<byte> input, IEnumerable<int> cuts, int maxMessageBytes = 1 << 20, InflaterSource? inflaters = null)
    {
        var run = new ReaderRun(maxMessageBytes, inflaters);
        var at = 0;
        foreach (var cut in cuts.Append(input.Length))
        {
            if (!run.Feed(input[at..cut]))
                break;
            at = cut;
        }

        run.Release();
        Assert.Equal(0, run.Rented);
        return run.Events;
    }

    public static List<ReadEvent> Whole(ReadOnlySpan<byte> input, int maxMessageBytes = 1 << 20) => Cut(input, [], maxMessageBytes);

    public static List<ReadEvent> ByteByByte(ReadOnlySpan<byte> input, int maxMessageBytes = 1 << 20) =>
        Cut(input, Enumerable.Range(0, input.Length), maxMessageBytes);

    /// <summary>Feeds an input whole, byte by byte, and in two pieces cut at every offset, and expects the same each time.</summary>
    public static void ExpectHoweverCut(byte[] input, IReadOnlyList<ReadEvent> expected, int maxMessageBytes = 1 << 20)
    {
        Assert.Equal(expected, Whole(input, maxMessageBytes));
        Assert.Equal(expected, ByteByByte(input, maxMessageBytes));
        for (var cut = 0; cut <= input.Length; cut++)
            Assert.Equal(expected, Cut(input, [cut], maxMessageBytes));
    }
}
