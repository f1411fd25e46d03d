using System.Runtime.CompilerServices;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>What a reader rents and allocates: nothing at rest, nothing for what is whole, and no more than what has come.</summary>
public class MessageReaderMemoryTests
{
    [Fact]
    public void Reader_AtRest_IsSmall() => Assert.InRange(Unsafe.SizeOf<MessageReader>(), 1, 56);

    [Fact]
    public void Message_WholeInTheInput_IsHandedOutInPlaceWithoutARent()
    {
        var buffers = new BufferPool();
        var settings = new MessageReaderSettings(1000, buffers);
        var reader = default(MessageReader);
        var bytes = ClientFrame.Text("Hello");
        var input = bytes.AsSpan();

        Assert.Equal(ReadStatus.Message, reader.Read(settings, ref input, out var message));
        Assert.True(Unsafe.AreSame(in message.Payload[0], in bytes[6]));
        Assert.Equal(0, buffers.Rented);
    }

    [Fact]
    public void Message_WholeInTheInput_AllocatesNothing()
    {
        var settings = new MessageReaderSettings(1000, new BufferPool());
        var reader = default(MessageReader);
        var template = ClientFrame.Join(ClientFrame.Text("Hello ä"), ClientFrame.Ping(1, 2), ClientFrame.Binary(new byte[300]));
        var block = new byte[template.Length];
        var read = 0;
        var before = 0L;
        for (var round = 0; round < 100; round++)
        {
            if (round == 1) // the first has warmed everything up
                before = GC.GetAllocatedBytesForCurrentThread();
            template.CopyTo(block, 0);
            var input = block.AsSpan();
            while (reader.Read(settings, ref input, out _) != ReadStatus.NeedMore)
                read++;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(300, read);
    }

    [Fact]
    public void Message_InPieces_HoldsOneBufferUntilTheReadThatFollowsIt()
    {
        var run = new ReaderRun();
        var frame = ClientFrame.Text("Hello");

        run.Feed(frame.AsSpan(0, 6));
        Assert.Equal(0, run.Rented); // a header is kept in the reader
        run.Feed(frame.AsSpan(6, 2));
        Assert.Equal(1, run.Rented);
        run.Feed(frame.AsSpan(8));
        Assert.Equal(0, run.Rented);
        Assert.Single(run.Events);
    }

    [Fact]
    public void ControlFrame_InPieces_SharesTheMessagesBuffer()
    {
        var run = new ReaderRun();
        var ping = ClientFrame.Ping(1, 2, 3, 4);

        run.Feed(ping.AsSpan(0, 8));
        Assert.Equal(1, run.Rented);
        run.Feed(ping.AsSpan(8));
        Assert.Equal(0, run.Rented);

        run.Feed(ClientFrame.Text("Hel", fin: false));
        run.Feed(ping.AsSpan(0, 8));
        run.Feed(ping.AsSpan(8));
        Assert.Equal(1, run.Rented);
        run.Feed(ClientFrame.Continue("lo"u8.ToArray(), fin: true));
        Assert.Equal(0, run.Rented);
        Assert.Equal(
            [ReadEvent.Control(Opcode.Ping, [1, 2, 3, 4]), ReadEvent.Control(Opcode.Ping, [1, 2, 3, 4]), ReadEvent.Message(Opcode.Text, "Hello"u8)], run.Events);
    }

    [Fact]
    public void Error_WithinAMessage_ReturnsItsBuffer()
    {
        var run = new ReaderRun();

        run.Feed(ClientFrame.Text("Hel", fin: false));
        Assert.Equal(1, run.Rented);
        Assert.False(run.Feed([0xC1]));
        Assert.Equal(0, run.Rented);
    }

    [Fact]
    public void Release_WithinAMessage_ReturnsItsBufferOnce()
    {
        var run = new ReaderRun();

        run.Feed(ClientFrame.Text("Hel", fin: false));
        run.Release();
        run.Release();
        Assert.Equal(0, run.Rented);
    }

    [Fact]
    public void Header_ThatClaimsMuch_RentsWhatHasCome()
    {
        // 64 claims of 1 GiB each, with one byte sent: if a claim counted, this would not end well.
        const int claim = 1 << 30;
        var buffers = new BufferPool();
        var settings = new MessageReaderSettings(claim, buffers);
        var readers = new MessageReader[64];
        var header = new byte[FrameHeader.MaxSize];
        foreach (var fin in new[] { true, false })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < readers.Length; i++)
            {
                readers[i] = default;
                var size = new FrameHeader(fin, 0, Opcode.Binary, claim, 0).Write(header);
                var input = header.AsSpan(0, size);
                Assert.Equal(ReadStatus.NeedMore, readers[i].Read(settings, ref input, out _));
                Assert.Equal(i, buffers.Rented);
                input = header.AsSpan(0, 1);
                Assert.Equal(ReadStatus.NeedMore, readers[i].Read(settings, ref input, out _));
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
            for (var i = 0; i < readers.Length; i++)
                readers[i].Release(settings);
            Assert.Equal(0, buffers.Rented);
        }
    }
}
