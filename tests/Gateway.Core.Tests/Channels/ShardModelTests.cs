using System.Globalization;
using Gateway.Core.Channels;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Channels;

/// <summary>
/// Random subscribes, unsubscribes, publications, ends and broker failures on several shards at once, judged by what each client was
/// sent: nothing before an acknowledgement or after one, each publication once and in order, every request answered once.
/// </summary>
public sealed class ShardModelTests
{
    private const int Channels = 5;
    private const int Clients = 24;
    private const int OperationsEach = 400;

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 3, 0)]
    [InlineData(3, 3, 20)]
    [InlineData(4, 4, 50)]
    [InlineData(5, 2, 5)]
    public async Task RandomOperations_LeaveEveryStreamInOrder(int seed, int shards, int failurePercent)
    {
        using var harness = new ShardHarness(shards: shards);
        var broker = new Broker(harness, seed, failurePercent);
        harness.Source.Script = broker.RunAsync;
        harness.Position = channel => $":{broker.Last(channel)}";
        var clients = Enumerable.Range(0, Clients).Select(i => harness.Open(i % shards)).ToArray();

        using var done = new CancellationTokenSource();
        var publishing = Task.WhenAll(
            Enumerable.Range(0, 2).Select(publisher => Task.Run(() => broker.PublishAsync(seed + publisher, done.Token))));
        await Task.WhenAll(clients.Select((client, i) => Task.Run(() => ActAsync(client, new Random((seed * 1000) + i)))));
        await done.CancelAsync();
        await publishing;

        // The last of each channel: whoever is still subscribed must have got all up to it.
        await broker.IsIdleAsync();
        await harness.SettleAsync();
        broker.PublishOneToEach();
        await harness.SettleAsync();
        Assert.Equal(0, harness.Dropped(DropReason.InboxFull) + harness.Dropped(DropReason.SlowConsumer));
        foreach (var client in clients)
            Judge(client, broker);

        foreach (var client in clients)
            client.Connection.Abort();
        await harness.EmptyAsync();
        Assert.Empty(broker.Subscribed);
        foreach (var shard in harness.Shards)
            Assert.Empty(await shard.InspectAsync(seen => seen.Channels.Keys.ToList()));
        Assert.Empty(harness.Source.Overlaps);
        Assert.Equal((0, 0), (harness.Context.Queues.Rented, harness.Publications.Rented));
    }

    private static async Task ActAsync(ShardHarness.Client client, Random random)
    {
        var answers = new List<Task>();
        for (var i = 0; i < OperationsEach; i++)
        {
            var channel = $"c{random.Next(Channels)}";
            answers.Add(random.Next(2) == 0 ? client.SubscribeAsync(channel) : client.UnsubscribeAsync(channel));
            if (random.Next(4) == 0)
                await Task.WhenAll(answers);
            if (random.Next(8) == 0)
                await Task.Yield();
        }

        await Task.WhenAll(answers);
        Assert.Equal(OperationsEach, client.Completions);
    }

    private static void Judge(ShardHarness.Client client, Broker broker)
    {
        var subscribed = new HashSet<string>();
        var acknowledgedAt = new Dictionary<string, int>();
        var last = new Dictionary<string, int>();
        var answers = 0;
        foreach (var message in client.Messages)
        {
            var parts = message.TrimStart('+', '-').Split(':');
            var (channel, said) = (parts[0], parts[1]);
            answers += message[0] is '+' or '-' ? 1 : 0;
            switch (message[0], said)
            {
                case ('+', nameof(SubscribeResult.Subscribed)):
                    Assert.True(subscribed.Add(channel), message);
                    acknowledgedAt[channel] = int.Parse(parts[2], CultureInfo.InvariantCulture);
                    last.Remove(channel);
                    break;
                case ('-', "True"):
                    Assert.True(subscribed.Remove(channel), message);
                    break;
                case ('-', _) or ('+', nameof(SubscribeResult.Unavailable)):
                    Assert.DoesNotContain(channel, subscribed);
                    break;
                case ('+', _):
                    Assert.Equal(nameof(SubscribeResult.AlreadySubscribed), said);
                    break;
                default:
                    Assert.Contains(channel, subscribed);
                    var number = int.Parse(said, CultureInfo.InvariantCulture);
                    // What waited in the shard when the subscription became active may be delivered to it too, in order; what was
                    // published after the acknowledgement must be, without a hole.
                    var before = last.GetValueOrDefault(channel);
                    Assert.True(number > before, message);
                    if (number > acknowledgedAt[channel])
                        Assert.Equal(Math.Max(before, acknowledgedAt[channel]) + 1, number);
                    last[channel] = number;
                    break;
            }
        }

        Assert.Equal(OperationsEach, answers);
        Assert.All(subscribed, channel => Assert.Equal(broker.Last(channel), last[channel]));
    }

    /// <summary>Relays what is published to a channel while it is subscribed, as a broker would: from one thread at a time.</summary>
    private sealed class Broker(ShardHarness harness, int seed, int failurePercent)
    {
        private readonly Lock _gate = new();
        private readonly Random _random = new(seed);
        private readonly int[] _published = new int[Channels];
        private int _running;

        public HashSet<string> Subscribed { get; } = [];

        public async ValueTask<bool> RunAsync(SourceOperation operation)
        {
            Interlocked.Increment(ref _running);
            int yields;
            bool fails;
            lock (_gate)
            {
                yields = _random.Next(6);
                fails = operation.IsSubscribe && _random.Next(100) < failurePercent;
            }

            for (var i = 0; i < yields; i++)
                await Task.Yield();
            lock (_gate)
            {
                if (operation.IsSubscribe && !fails)
                    Assert.True(Subscribed.Add(operation.Channel.Text));
                else if (!operation.IsSubscribe)
                    Assert.True(Subscribed.Remove(operation.Channel.Text));
            }

            // The confirmation may be slower than the first publications.
            for (var i = 0; i < yields; i++)
                await Task.Yield();
            Interlocked.Decrement(ref _running);
            return !fails;
        }

        public async Task PublishAsync(int publisher, CancellationToken done)
        {
            var random = new Random(publisher);
            while (!done.IsCancellationRequested)
            {
                // So far behind, an inbox would begin to drop, which is another test's matter.
                if (harness.Shards.All(shard => shard.Inbox.Publications < 1000))
                    PublishOne(random.Next(Channels));
                await Task.Yield();
            }
        }

        public void PublishOneToEach()
        {
            for (var channel = 0; channel < Channels; channel++)
                PublishOne(channel);
        }

        public int Last(string channel)
        {
            lock (_gate)
                return _published[channel[1] - '0'];
        }

        public Task IsIdleAsync() => Eventually.TrueAsync(
            () => Volatile.Read(ref _running) == 0
                && harness.Directory.Entries.All(entry => entry.State == ChannelState.Subscribed));

        private void PublishOne(int channel)
        {
            lock (_gate)
            {
                var number = ++_published[channel];
                if (Subscribed.Contains($"c{channel}"))
                    harness.Publish($"c{channel}", $"{number}");
            }
        }
    }
}
