using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Connections;

public sealed class OutboundQueueTests
{
    private const int CorkBytes = 32 * 1024;

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 200)]
    [InlineData(3, 2_000)]
    [InlineData(4, 6_000)]
    public void RandomOperations_AgreeWithASimpleModel(int seed, int largest)
    {
        var random = new Random(seed);
        var buffers = new BufferPool();
        var queue = new OutboundQueue { Buffers = buffers };
        var model = new Model();
        var cork = new byte[CorkBytes];
        List<byte> fromQueue = [], fromModel = [];
        for (var i = 0; i < 20_000; i++)
        {
            switch (random.Next(10))
            {
                case < 4:
                    var data = Frame(Opcode.Binary, random.Next(largest), i);
                    if (random.Next(2) == 0)
                        queue.Add(data);
                    else
                        queue.Add(Opcode.Binary, data.Payload);
                    model.Data.Enqueue(data);
                    break;
                case < 6:
                    var control = Frame(Opcode.Ping, random.Next(126), i);
                    if (random.Next(2) == 0)
                        queue.AddControl(control);
                    else
                        queue.AddControl(Opcode.Ping, control.Payload);
                    model.Control.Enqueue(control);
                    break;
                case < 9:
                    var taken = queue.Next(cork, out var large, out _);
                    if (taken > 0)
                    {
                        Assert.True(large.IsEmpty);
                        fromQueue.AddRange(cork.AsSpan(0, taken));
                        model.TakeCorked(taken, fromModel);
                    }
                    else if (!large.IsEmpty)
                    {
                        var part = random.Next(1, large.Length + 1);
                        fromQueue.AddRange(large.Span[..part]);
                        queue.AdvanceLarge(part);
                        model.TakeLarge(part, fromModel);
                    }

                    break;
                default:
                    if (random.Next(20) == 0)
                        Assert.Equal(model.DropData(), queue.DropData());
                    break;
            }

            Assert.Equal((model.Count, model.Count == 0), (queue.Count, queue.IsEmpty));
            if (i % 16 == 0)
                Assert.Equal((model.DataBytes, model.ControlBytes), (queue.DataBytes, queue.ControlBytes));
        }

        Assert.True(fromModel.SequenceEqual(fromQueue));
        queue.Clear();
        Assert.Equal(0, buffers.Rented);
    }

    [Fact]
    public void SmallFrames_LeaveTogether()
    {
        var queue = new OutboundQueue { Buffers = new BufferPool() };
        for (var i = 0; i < 32; i++)
            queue.Add(Frame(Opcode.Text, 100, i));

        var taken = queue.Next(new byte[CorkBytes], out var large, out var frames);

        Assert.Equal((32 * 102, true, 32), (taken, large.IsEmpty, frames));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void OwnFrames_StandTogetherInOneRentedArray()
    {
        var buffers = new BufferPool();
        var queue = new OutboundQueue { Buffers = buffers };
        for (var i = 0; i < 16; i++)
            queue.Add(Opcode.Text, new byte[125]);
        Assert.Equal((1, 16, 16 * 127), (buffers.Rented, queue.Count, queue.DataBytes));

        Assert.Equal(16 * 127, queue.Next(new byte[CorkBytes], out _, out var frames));
        Assert.Equal((0, 16, true), (buffers.Rented, frames, queue.IsEmpty));
    }

    [Fact]
    public void OwnFrame_ThatIsLarge_IsReturnedWhenItsLastByteHasLeft()
    {
        var buffers = new BufferPool();
        var queue = new OutboundQueue { Buffers = buffers };
        queue.Add(Opcode.Binary, new byte[10_000]);
        queue.Next(new byte[CorkBytes], out var large, out _);

        queue.AdvanceLarge(large.Length - 1);
        Assert.Equal(1, buffers.Rented);
        queue.AdvanceLarge(1);
        Assert.Equal(0, buffers.Rented);
    }

    [Fact]
    public void OwnFrame_ThatIsLeavingWhenTheQueueIsCleared_IsNotWrittenByAnother()
    {
        var buffers = new BufferPool();
        var queue = new OutboundQueue { Buffers = buffers };
        queue.Add(Opcode.Binary, new byte[100_000]);
        queue.Next(new byte[CorkBytes], out var large, out _);

        queue.Clear();

        Assert.Equal(0, buffers.Rented);
        var next = buffers.Rent(100_000); // what was returned last would be rented first
        Assert.False(large.Span.Overlaps(next));
        buffers.Return(next);
    }

    [Fact]
    public void ControlFrames_OvertakeAtFrameBoundariesAndNotWithinALargeFrame()
    {
        var queue = new OutboundQueue { Buffers = new BufferPool() };
        var large = Frame(Opcode.Binary, 10_000, 1);
        queue.Add(large);
        queue.Add(Frame(Opcode.Binary, 10, 2));
        Assert.Equal(0, queue.Next(new byte[CorkBytes], out var rest, out _));
        queue.AdvanceLarge(5_000);
        queue.AddControl(Frame(Opcode.Pong, 3, 3));

        Assert.Equal(0, queue.Next(new byte[CorkBytes], out rest, out _));
        Assert.Equal(large.Length - 5_000, rest.Length);
        queue.AdvanceLarge(rest.Length);
        var cork = new byte[CorkBytes];
        Assert.Equal(5 + 12, queue.Next(cork, out _, out _));
        Assert.Equal(0x8A, cork[0]);
        Assert.Equal(0x82, cork[5]);
    }

    [Fact]
    public void DropData_KeepsTheFrameThatIsLeavingAndCountsMessagesOnly()
    {
        var buffers = new BufferPool();
        var queue = new OutboundQueue { Buffers = buffers };
        queue.Add(Frame(Opcode.Binary, 10_000, 1));
        queue.Add(Frame(Opcode.Binary, 10, 2));
        queue.Add(Opcode.Text, new byte[3]);
        queue.Add(Opcode.Text, new byte[3]);
        queue.Add(OutboundFrame.Raw(new byte[10]));
        queue.Add(OutboundFrame.Close(CloseCode.Normal, "bye"));
        queue.Next(new byte[CorkBytes], out _, out _);
        queue.AdvanceLarge(1_000);

        Assert.Equal(3, queue.DropData());

        Assert.Equal(Frame(Opcode.Binary, 10_000, 1).Length - 1_000, queue.DataBytes);
        Assert.Equal((1, 0), (queue.Count, buffers.Rented));
    }

    [Fact]
    public void Clear_LeavesNothing()
    {
        var queue = new OutboundQueue { Buffers = new BufferPool() };
        queue.Add(Frame(Opcode.Binary, 10_000, 1));
        queue.Add(Frame(Opcode.Binary, 10, 2));
        queue.AddControl(Frame(Opcode.Pong, 3, 3));
        queue.Next(new byte[CorkBytes], out _, out _);

        queue.Clear();

        Assert.Equal((true, 0, 0L, 0L), (queue.IsEmpty, queue.Count, queue.DataBytes, queue.ControlBytes));
        Assert.Equal(0, queue.Next(new byte[CorkBytes], out var large, out _));
        Assert.True(large.IsEmpty);
    }

    [Fact]
    public void Pool_KeepsNoQueueThatHasGrownLarge()
    {
        var pool = new OutboundQueuePool(new BufferPool());
        var queue = pool.Rent();
        for (var i = 0; i < 1_000; i++)
            queue.Add(Frame(Opcode.Text, 1, i));
        pool.Return(queue);

        Assert.Equal(0, pool.Rented);
        var next = pool.Rent();
        Assert.NotSame(queue, next);
        Assert.True(next.IsEmpty);
    }

    [Fact]
    public void Pool_OfOneThread_KeepsWhatABroadcastTo10000Needs()
    {
        var pool = new OutboundQueuePool(new BufferPool());
        var queues = new OutboundQueue[10_000];
        void Broadcast()
        {
            for (var i = 0; i < queues.Length; i++)
                queues[i] = pool.Rent();
            foreach (var queue in queues)
                pool.Return(queue);
        }

        // The shared pool's own segments grow at first.
        Assert.Equal(0, Fixtures.Allocations.Least(batches: 5, Broadcast));
    }

    private static OutboundFrame Frame(Opcode opcode, int length, int seed)
    {
        var payload = new byte[length];
        Array.Fill(payload, (byte)seed);
        return OutboundFrame.Create(opcode, payload);
    }

    /// <summary>Two queues and the frame that is leaving in pieces, in the plainest way.</summary>
    private sealed class Model
    {
        private OutboundFrame? _large;
        private int _largeSent;

        public Queue<OutboundFrame> Data { get; } = new();

        public Queue<OutboundFrame> Control { get; } = new();

        public int Count => Data.Count + Control.Count + (_large is null ? 0 : 1);

        public long DataBytes => Data.Sum(frame => frame.Length) + (_large is { } large ? large.Length - _largeSent : 0);

        public long ControlBytes => Control.Sum(frame => frame.Length);

        public void TakeCorked(int bytes, List<byte> into)
        {
            Assert.Null(_large);
            for (var left = bytes; left > 0;)
            {
                var frame = (Control.Count > 0 ? Control : Data).Dequeue();
                into.AddRange(frame.Bytes);
                left -= frame.Length;
                Assert.True(left >= 0, "A cork holds whole frames.");
            }
        }

        public void TakeLarge(int bytes, List<byte> into)
        {
            if (_large is null)
            {
                Assert.Empty(Control);
                (_large, _largeSent) = (Data.Dequeue(), 0);
            }

            into.AddRange(_large.Value.Bytes.Slice(_largeSent, bytes));
            _largeSent += bytes;
            if (_largeSent == _large.Value.Length)
                _large = null;
        }

        public int DropData()
        {
            var dropped = Data.Count;
            Data.Clear();
            return dropped;
        }
    }
}
