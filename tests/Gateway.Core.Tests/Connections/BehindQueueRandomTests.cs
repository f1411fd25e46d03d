using System.Globalization;
using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Connections;

/// <summary>A queue of several channels, each with a rule of its own, in random use, against the plainest model of it: a list that is walked.</summary>
public sealed class BehindQueueRandomTests
{
    private const int CorkBytes = 32 * 1024;

    [Theory]
    [InlineData(1, 50, 2_000)]
    [InlineData(2, 300, 2_000)]
    [InlineData(3, 300, 20_000)]
    [InlineData(4, 6_000, 30_000)]
    [InlineData(5, 20, 100_000)]
    public void RandomOperations_AgreeWithASimpleModel(int seed, int largest, int maxBytes)
    {
        var random = new Random(seed);
        var buffers = new BufferPool();
        var queue = new OutboundQueue { Buffers = buffers };
        var model = new Model(maxBytes);
        OutboundChannel[] channels =
        [
            Channel("a", SlowConsumer.DropOldest, 0), Channel("b", SlowConsumer.DropOldest, maxBytes / 4), Channel("c", SlowConsumer.DropNewest, maxBytes / 2),
            Channel("d", SlowConsumer.Conflate, 0), Channel("e", SlowConsumer.Conflate, maxBytes / 5), Channel("f", SlowConsumer.Disconnect, maxBytes / 3),
        ];
        List<byte> fromQueue = [], fromModel = [];
        var cork = new byte[CorkBytes];
        for (var i = 0; i < 30_000; i++)
        {
            // In bursts, now of few channels, now of all.
            switch (random.Next(i / 1000 % 2 == 0 ? 24 : 80))
            {
                case 0:
                    var answer = Payload(20, i);
                    queue.Add(Opcode.Text, answer);
                    model.Add(OutboundFrame.Create(Opcode.Text, answer));
                    break;
                case 1:
                    var control = OutboundFrame.Create(Opcode.Ping, Payload(20, i));
                    queue.AddControl(control);
                    model.Control.Enqueue(control);
                    break;
                case 2:
                    Take(queue, model, random, cork, fromQueue, fromModel);
                    break;
                case 3 when random.Next(200) == 0:
                    Assert.Equal(model.DropWaiting(), queue.DropWaiting().Sum(dropped => dropped.Count));
                    break;
                case 3 when random.Next(400) == 0:
                    Assert.Equal(model.DropData(), queue.DropData());
                    break;
                default:
                    var channel = channels[random.Next(i / 3000 % 2 == 0 ? channels.Length : 2)];
                    var key = random.Next(5) == 0 ? null : random.Next(12).ToString(CultureInfo.InvariantCulture);
                    var frame = OutboundFrame.Create(Opcode.Binary, Payload(random.Next(largest), i));
                    Assert.Equal(model.AddBehind(frame, channel, key), queue.AddBehind(frame, channel, channel.Policy.Choice, key, maxBytes));
                    break;
            }

            Assert.Equal((model.Count, model.Count == 0, model.DataBytes), (queue.Count, queue.IsEmpty, queue.DataBytes));
        }

        while (!queue.IsEmpty)
            Take(queue, model, random, cork, fromQueue, fromModel);
        Assert.True(fromModel.SequenceEqual(fromQueue));
        Assert.Equal((0, 0L), (model.Count, buffers.Account.Bytes));
    }

    private static void Take(OutboundQueue queue, Model model, Random random, byte[] cork, List<byte> fromQueue, List<byte> fromModel)
    {
        var taken = queue.Next(cork.AsSpan(0, 6_000), out var large, out _);
        fromQueue.AddRange(cork.AsSpan(0, taken));
        model.TakeCorked(taken, fromModel);
        if (large.IsEmpty)
            return;
        var part = random.Next(1, large.Length + 1);
        fromQueue.AddRange(large.Span[..part]);
        queue.AdvanceLarge(part);
        model.TakeLarge(part, fromModel);
    }

    private static byte[] Payload(int length, int i)
    {
        var payload = new byte[length];
        for (var at = 0; at < payload.Length; at++)
            payload[at] = (byte)(i >> (at % 4 * 8));
        return payload;
    }

    private static OutboundChannel Channel(string name, SlowConsumer choice, int maxBehindBytes) => new(name, new SlowConsumerPolicy(choice, key: null, maxBehindBytes));

    private sealed class Model(long maxBytes)
    {
        private readonly List<Item> _data = [];
        private OutboundFrame? _large;
        private int _largeSent;

        public Queue<OutboundFrame> Control { get; } = new();

        public int Count => _data.Count + Control.Count + (_large is null ? 0 : 1);

        public long DataBytes => _data.Sum(item => (long)item.Frame.Length) + (_large is { } large ? large.Length - _largeSent : 0);

        public void Add(OutboundFrame frame) => _data.Add(new Item(frame, Channel: null, Key: null));

        public BehindResult AddBehind(OutboundFrame frame, OutboundChannel channel, string? key)
        {
            var choice = channel.Policy.Choice;
            if (choice != SlowConsumer.Conflate)
                key = null;
            int dropped = 0, conflated = 0;
            if (Fits(frame, channel, key) is { } place)
                return Put(frame, channel, key, place, dropped, conflated);
            var all = _data.Where(item => item.Channel == channel).Sum(item => (long)item.Frame.Length);
            var canFit = DataBytes - all + frame.Length <= maxBytes;
            while (choice is SlowConsumer.DropOldest or SlowConsumer.Conflate && canFit)
            {
                var oldest = _data.FindIndex(item => item.Channel == channel);
                if (_data[oldest].Key is { } stale && stale == key)
                    conflated++;
                else
                    dropped++;
                _data.RemoveAt(oldest);
                if (Fits(frame, channel, key) is { } freed)
                    return Put(frame, channel, key, freed, dropped, conflated);
            }

            return new BehindResult(choice == SlowConsumer.Disconnect ? BehindVerdict.Full : BehindVerdict.Refused, 0, 0);
        }

        public int DropWaiting() => _data.RemoveAll(item => item.Channel is { Policy.Choice: not SlowConsumer.Disconnect });

        public int DropData()
        {
            var dropped = _data.Count;
            _data.Clear();
            return dropped;
        }

        public void TakeCorked(int bytes, List<byte> into)
        {
            for (var left = bytes; left > 0;)
            {
                OutboundFrame frame;
                if (Control.TryDequeue(out var control))
                    frame = control;
                else
                    (frame, _) = (_data[0].Frame, Drop());
                into.AddRange(frame.Bytes);
                left -= frame.Length;
            }
        }

        public void TakeLarge(int bytes, List<byte> into)
        {
            if (_large is null)
            {
                (_large, _largeSent) = (_data[0].Frame, 0);
                Drop();
            }

            into.AddRange(_large.Value.Bytes.Slice(_largeSent, bytes));
            _largeSent += bytes;
            if (_largeSent == _large.Value.Length)
                _large = null;
        }

        private int Drop()
        {
            _data.RemoveAt(0);
            return 0;
        }

        /// <summary>Where it would stand; null: there is no room.</summary>
        private int? Fits(OutboundFrame frame, OutboundChannel channel, string? key)
        {
            var place = key is null ? -1 : _data.FindIndex(item => item.Channel == channel && item.Key == key);
            var others = _data.Where((item, at) => item.Channel == channel && at != place).ToList();
            var bytes = DataBytes + frame.Length - (place < 0 ? 0 : _data[place].Frame.Length);
            var fits = bytes <= maxBytes && (others.Count == 0 || others.Sum(item => (long)item.Frame.Length) + frame.Length <= channel.Policy.MaxBehindBytes);
            return !fits ? null : place < 0 ? _data.Count : place;
        }

        private BehindResult Put(OutboundFrame frame, OutboundChannel channel, string? key, int place, int dropped, int conflated)
        {
            var isNew = place == _data.Count;
            if (isNew)
                _data.Add(default);
            _data[place] = new Item(frame, channel, key);
            return new BehindResult(BehindVerdict.Queued, dropped, isNew ? conflated : conflated + 1);
        }

        private readonly record struct Item(OutboundFrame Frame, OutboundChannel? Channel, string? Key);
    }
}
