using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Relay;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Channels;

/// <summary>
/// Two nodes on one broker, 1,000 clients spread over both, 100 channels, 100,000 publications from several publishers: each
/// subscriber gets each publication of its channels exactly once, in order per channel and publisher, while other clients come and
/// go; and nothing comes before an acknowledgement or after one. Each broker's tests derive from it.
/// </summary>
public abstract class ExactlyOnceContract
{
    private const int Staying = 900;
    private const int Racing = 100;
    private const int Channels = 100;
    private const int Publishers = 4;
    private const int Each = 250; // of a publisher in a channel: 100,000 in all

    // Nobody stays in these: the nodes come and go at the broker too.
    private const int RacedOnly = 10;

    // By channel and publisher: the number of the last publication that a publisher has begun to hand over.
    private readonly int[] _begun = new int[Channels * Publishers];
    private volatile bool _isPublished;

    /// <summary>The broker of one more node on the same bus; the node disposes it.</summary>
    protected abstract IBroker Create(string node, GatewayMetrics metrics);

    [Fact]
    public async Task Publications_ToTwoNodes_ReachEachSubscriberOnceAndInOrder()
    {
        await using var first = await StartAsync("node-a");
        await using var second = await StartAsync("node-b");
        TestNode[] nodes = [first, second];
        var clients = await OpenAsync(nodes, Staying + Racing);
        await Task.WhenAll(clients.Take(Staying).Select((client, i) => client.SubscribeAsync(NameOf(StayIn(i)))));
        var staying = clients.Take(Staying).Select((client, i) => Task.Run(() => StayAsync(client, StayIn(i)))).ToArray();
        var racing = clients.Skip(Staying).Select((client, i) => Task.Run(() => RaceAsync(client, new Random(i)))).ToArray();

        await Task.WhenAll(
            Enumerable.Range(0, Publishers).Select(publisher => Task.Run(() => PublishAsync(nodes[publisher % 2], publisher))));
        _isPublished = true;
        await Task.WhenAll(staying);
        var races = await Task.WhenAll(racing);

        Assert.True(races.Sum() > Racing, "Nothing raced.");
        Assert.All(nodes, node => Assert.Equal(0, node.Metrics.Drops.Sum(counter => counter.Value)));
        foreach (var client in clients)
            await client.DisposeAsync();
        foreach (var node in nodes)
            await node.ReturnsToBaselineAsync();
    }

    private static int StayIn(int client) => RacedOnly + (client % (Channels - RacedOnly));

    private static string NameOf(int channel) => $"c{channel}";

    private static async Task<WsClient[]> OpenAsync(TestNode[] nodes, int count)
    {
        var clients = new WsClient[count];
        await Parallel.ForAsync(0, count, async (i, _) => clients[i] = await WsClient.OpenJsonAsync(nodes[i % nodes.Length].EndPoint));
        return clients;
    }

    private async Task<TestNode> StartAsync(string name)
    {
        var metrics = new GatewayMetrics();
        var node = await TestNode.StartAsync(
            options =>
            {
                options.Node.Name = name;
                options.Channels.LeaveAfter = TimeSpan.Zero;
                // A publisher in the same process outruns any drain; what a full inbox does is another test's matter.
                options.Channels.MaxInboxPublications = Channels * Publishers * Each;
                options.Limits.MaxQueueBytes = 64 * 1024 * 1024;
                // Those who stay only listen: on a busy machine the test must not be about pings.
                options.Heartbeat.Interval = TimeSpan.FromHours(1);
            },
            Create(name, metrics),
            metrics);
        await Eventually.TrueAsync(() => node.Node.Broker.Status.Connected);
        return node;
    }

    private async Task PublishAsync(TestNode node, int publisher)
    {
        var names = Enumerable.Range(0, Channels).Select(channel => ChannelName.Parse(NameOf(channel))).ToArray();
        for (var number = 1; number <= Each; number++)
        {
            // One a channel is in flight: order is promised per channel and publisher.
            var inFlight = new List<Task>(Channels);
            for (var channel = 0; channel < Channels; channel++)
            {
                Volatile.Write(ref _begun[(channel * Publishers) + publisher], number);
                var payload = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{publisher}.{number}"));
                inFlight.Add(node.Node.Publisher.PublishAsync(names[channel], payload, PublicationSource.Api, CancellationToken.None).AsTask());
                // Now and then the others have the thread.
                if (channel % 10 == 0)
                    await Task.Yield();
            }

            await Task.WhenAll(inFlight);
        }
    }

    /// <summary>Subscribed before the first publication: gets all of its channel's, and nothing else.</summary>
    private static async Task StayAsync(WsClient client, int channel)
    {
        var last = new int[Publishers];
        for (var received = 0; received < Publishers * Each; received++)
        {
            var (from, publisher, number) = await ReceiveAsync(client);
            Assert.Equal(channel, from);
            Assert.Equal(last[publisher] + 1, number);
            last[publisher] = number;
        }

        // And nothing more than all.
        await client.SendTextAsync("""{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", Text(await client.ReceiveAsync()));
    }

    /// <summary>Subscribes and unsubscribes as fast as it can. Returns how often.</summary>
    private async Task<int> RaceAsync(WsClient client, Random random)
    {
        var rounds = 0;
        do
        {
            // Every other time in a channel in which nobody stays.
            var channel = random.Next(rounds % 2 == 0 ? RacedOnly : Channels);
            await client.SendTextAsync($$"""{"type":"subscribe","id":1,"channel":"{{NameOf(channel)}}"}""");
            // No message before the acknowledgement: it is the next thing that comes.
            Assert.Equal($$"""{"type":"ok","id":1,"channel":"{{NameOf(channel)}}"}""", Text(await client.ReceiveAsync()));
            var last = new int[Publishers];
            var begun = new int[Publishers];
            for (var publisher = 0; publisher < Publishers; publisher++)
                begun[publisher] = Volatile.Read(ref _begun[(channel * Publishers) + publisher]);

            for (var pings = random.Next(4); pings > 0; pings--)
                await ReceiveUntilAsync(client, channel, """{"type":"ping"}""", """{"type":"pong"}""", last, begun);
            await ReceiveUntilAsync(
                client,
                channel,
                $$"""{"type":"unsubscribe","id":2,"channel":"{{NameOf(channel)}}"}""",
                $$"""{"type":"ok","id":2,"channel":"{{NameOf(channel)}}"}""",
                last,
                begun);
            rounds++;
        }
        while (!_isPublished);

        // Nothing after the acknowledgement.
        await client.SendTextAsync("""{"type":"ping","id":3}""");
        Assert.Equal("""{"type":"pong","id":3}""", Text(await client.ReceiveAsync()));
        return rounds;
    }

    private static async Task ReceiveUntilAsync(WsClient client, int channel, string command, string answer, int[] last, int[] begun)
    {
        await client.SendTextAsync(command);
        while (true)
        {
            var frame = (await client.ReceiveAsync())!.Value;
            if (!TryRead(frame.Payload, out var from, out var publisher, out var number))
            {
                Assert.Equal(answer, Text(frame));
                return;
            }

            // In order, and without a hole from the first publication on that began after the acknowledgement had come.
            Assert.Equal(channel, from);
            Assert.True(number > last[publisher], $"{number} came after {last[publisher]}");
            if (number > begun[publisher] + 1)
                Assert.Equal(last[publisher] + 1, number);
            last[publisher] = number;
        }
    }

    private static async Task<(int Channel, int Publisher, int Number)> ReceiveAsync(WsClient client)
    {
        var frame = (await client.ReceiveAsync())!.Value;
        Assert.True(TryRead(frame.Payload, out var channel, out var publisher, out var number), Text(frame));
        return (channel, publisher, number);
    }

    /// <summary>Reads <c>{"type":"message","channel":"c7","data":3.12}</c>: publisher 3, number 12; a million of them come.</summary>
    private static bool TryRead(ReadOnlySpan<byte> message, out int channel, out int publisher, out int number)
    {
        channel = publisher = number = 0;
        var head = "{\"type\":\"message\",\"channel\":\"c"u8;
        if (!message.StartsWith(head))
            return false;
        var rest = message[head.Length..];
        Assert.True(Utf8Parser.TryParse(rest, out channel, out var digits));
        rest = rest[digits..];
        var data = "\",\"data\":"u8;
        Assert.True(rest.StartsWith(data));
        rest = rest[data.Length..];
        publisher = rest[0] - '0';
        Assert.True(Utf8Parser.TryParse(rest[2..], out number, out digits));
        return rest[(2 + digits)..].SequenceEqual("}"u8);
    }

    private static string Text((Opcode Opcode, byte[] Payload)? frame) => Encoding.UTF8.GetString(frame!.Value.Payload);
}
