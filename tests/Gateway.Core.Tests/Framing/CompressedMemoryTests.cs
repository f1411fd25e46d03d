using System.IO.Compression;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Framing;

/// <summary>What decompression takes: while a message comes what has come of it, then no more than the limit, and nothing between messages.</summary>
public sealed class CompressedMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1 << 20)]
    [InlineData(5_000_000)]
    public void Message_OfTheLimit_IsReadAndNotAByteMore(int limit)
    {
        using var lender = new InflaterLender();
        foreach (var make in (Func<int, byte[]>[])[size => new byte[size], size => ClientFrame.Bytes(size)])
        {
            Assert.Equal([ReadEvent.Message(Opcode.Binary, make(limit))], Read(lender, make(limit), limit));
            Assert.Equal([ReadEvent.Fault(ProtocolError.MessageTooBig)], Read(lender, make(limit + 1), limit));
        }
    }

    [Fact]
    public void Bomb_OfOneGibibyte_EndsAtTheLimit()
    {
        const int limit = 16 << 20;
        var bomb = CompressedFrames.Frame(Opcode.Binary, Zeros(1024));
        Assert.InRange(bomb.Length, 900_000, 1_200_000);
        using var pool = new InflaterLender();
        var settings = new MessageReaderSettings(limit, new BufferPool(), pool.Shared);
        var reader = default(MessageReader);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var status = ReadStatus.NeedMore;
        for (var at = 0; status == ReadStatus.NeedMore; at += 65_536)
        {
            var input = bomb.AsSpan(at, Math.Min(65_536, bomb.Length - at));
            status = reader.Read(settings, ref input, out var message);
            // As much as has come, and less than as much again: nothing of what it will become.
            Assert.InRange(reader.PartialBytes, 0, 2 * (at + 65_536));
            if (status == ReadStatus.Error)
                Assert.Equal(ProtocolError.MessageTooBig, message.Error);
        }

        Assert.Equal(ReadStatus.Error, status);
        // The buffer of the limit, and the smaller ones before it.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, limit + (limit / 3));
        Assert.Equal(0, settings.Buffers.Rented);
        Assert.Equal(0, pool.Pool.Rented);
    }

    [Fact]
    public void Message_OfMoreCompressedBytesThanItMayHave_IsTooBig()
    {
        using var lender = new InflaterLender();
        // Empty stored blocks become nothing: only their own bytes are there to be counted.
        var block = new byte[] { 0x00, 0x00, 0x00, 0xFF, 0xFF };
        var frame = Enumerable.Repeat(block, 100).SelectMany(bytes => bytes).ToArray();
        var input = ClientFrame.Join(
            [CompressedFrames.Frame(Opcode.Binary, frame, fin: false), .. Enumerable.Repeat(ClientFrame.Continue(frame, fin: false), 20)]);

        Assert.Equal([ReadEvent.Fault(ProtocolError.MessageTooBig)], lender.Read(input, [], maxMessageBytes: 1000));
        Assert.Equal([ReadEvent.Fault(ProtocolError.MessageTooBig)], lender.Read(input, Enumerable.Range(0, input.Length), maxMessageBytes: 1000));
    }

    [Theory]
    [InlineData(0, 100_000, true)]
    [InlineData(10, 100_000, true)]
    [InlineData(32_768, 1024, true)]
    [InlineData(32_768, 1025, false)]
    public void FinalBlocks_MayBeAsManyAsTheirWindowsAreCheap(int size, int streams, bool isTaken)
    {
        using var lender = new InflaterLender();
        byte[] data = size == 0 ? [] : [.. CompressedFrames.Compress(new byte[size]), 0x00, 0x00, 0xFF, 0xFF];
        byte[] compressed = [.. data, .. Enumerable.Repeat((byte[])[0x03, 0x00], streams).SelectMany(block => block), 0x00];
        var expected = isTaken ? ReadEvent.Message(Opcode.Binary, new byte[size]) : ReadEvent.Fault(ProtocolError.TooManyDeflateStreams);

        Assert.Equal([expected], lender.Read(CompressedFrames.Frame(Opcode.Binary, compressed), []));
    }

    [Fact]
    public void Messages_Compressed_AllocateNothing()
    {
        var settings = new MessageReaderSettings(10_000, new BufferPool(), new SharedInflaters(new CountedPool<MessageInflater>(() => new MessageInflater(15, false), 1, MessageInflater.SizeOf(15, keepsHistory: false)), new CompressionCounters()));
        var template = CompressedFrames.Frame(Opcode.Text, CompressedFrames.Compress(new byte[2000]));
        var block = new byte[template.Length];
        var reader = default(MessageReader);
        var (read, before) = (0, 0L);
        for (var round = 0; round < 100; round++)
        {
            if (round == 10) // the first ones have warmed everything up
                before = GC.GetAllocatedBytesForCurrentThread();
            template.CopyTo(block, 0);
            var input = block.AsSpan();
            while (reader.Read(settings, ref input, out _) != ReadStatus.NeedMore)
                read++;
        }

        // A queue segment of the pool now and then.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.Equal(100, read);
    }

    [Fact]
    public void Reader_WithinAMessage_HoldsWhatHasComeAndNoInflater()
    {
        using var lender = new InflaterLender();
        var run = new ReaderRun(inflaters: lender.Shared);
        var frame = CompressedFrames.Frame(Opcode.Text, CompressedFrames.Compress("Hello"u8));

        run.Feed(frame.AsSpan(0, 8));
        Assert.Equal((0, 1), (lender.Pool.Rented, run.Rented));
        run.Feed(frame.AsSpan(8));
        Assert.Equal(0, lender.Pool.Rented);
        run.Feed(frame.AsSpan(0, 8));
        run.Release();
        Assert.Equal(0, lender.Pool.Rented);
        Assert.Equal(0, run.Rented);
    }

    private static List<ReadEvent> Read(InflaterLender lender, byte[] message, int limit) =>
        lender.Read(CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress(message)), [], maxMessageBytes: limit);

    /// <summary>So many mebibytes of zeros, as blocks that repeat.</summary>
    private static byte[] Zeros(int mebibytes)
    {
        byte[] one = [.. CompressedFrames.Compress(new byte[1 << 20], CompressionLevel.SmallestSize), 0x00, 0x00, 0xFF, 0xFF];
        return [.. Enumerable.Repeat(one, mebibytes).SelectMany(bytes => bytes).SkipLast(4)];
    }
}
