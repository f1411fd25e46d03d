using System.Globalization;
using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Core.Telemetry;
using Gateway.Integration.Brokers;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Channels;

/// <summary>A publication with a key, from one node to a slow reader of another, through Redis: the key travels in its header, the rule has none.</summary>
public sealed class KeyedRelayTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const int Keys = 7;

    // Replaced before the client reads on: beyond what the kernel's buffers take, many times.
    private const int Missing = 500;

    private static readonly ChannelName Channel = ChannelName.Parse("prices");

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // no JSON
    public async Task Conflate_ReaderOfAnotherNode_EndsOnTheNewestOfEveryKey(bool isJson)
    {
        var prefix = $"{Guid.NewGuid():N}:";
        await using var a = await StartAsync(prefix, "a");
        await using var b = await StartAsync(prefix, "b");
        await Eventually.TrueAsync(() => a.Node.Broker.Status.Connected && b.Node.Broker.Status.Connected);
        await using (var quick = await WsClient.OpenAsync(b.EndPoint, "/plain/prices"))
        await using (var slow = await WsClient.OpenAsync(b.EndPoint, "/plain/prices", configure: socket => socket.ReceiveBufferSize = 16 * 1024))
        {
            await b.SubscribedAsync(2);
            var published = 0;
            while (b.Metrics.Conflated.Value < Missing || published % Keys != 0)
            {
                var payload = PayloadOf(published, isJson);
                await a.Node.Publisher.PublishAsync(Channel, payload, PublicationSource.Api, CancellationToken.None, key: KeyOf(published));
                // Who keeps up gets every one, as it was published.
                var (opcode, received) = (await quick.ReceiveAsync())!.Value;
                Assert.Equal((Opcode.Text, Encoding.UTF8.GetString(payload)), (opcode, Encoding.UTF8.GetString(received)));
                published++;
            }

            // Its shard may be behind the other's.
            await Eventually.TrueAsync(() => b.Metrics.Deliveries.Value == 2L * published);
            var numbers = new List<int>();
            while (numbers.Count < published - b.Metrics.Conflated.Value)
                numbers.Add(NumberOf((await slow.ReceiveAsync())!.Value.Payload));

            foreach (var ofKey in numbers.GroupBy(number => number % Keys))
            {
                Assert.Equal(ofKey.Order(), ofKey);
                Assert.InRange(ofKey.Last(), published - Keys, published - 1);
            }

            Assert.Equal(Keys, numbers.Select(KeyOf).Distinct().Count());
            Assert.Equal((0, 0), (b.Metrics.Drops[(int)DropReason.DropOldest].Value, a.Metrics.Conflated.Value));
        }

        await b.ReturnsToBaselineAsync();
    }

    private Task<TestNode> StartAsync(string prefix, string name)
    {
        var metrics = new GatewayMetrics();
        return TestNode.StartAsync(
            options =>
            {
                options.Node.Name = name;
                options.Heartbeat.Interval = TimeSpan.FromHours(1); // whoever does not read answers no pings
                options.Limits.MaxPublicationBytes = options.Limits.MaxMessageBytes = 16 * 1024;
                options.Limits.MaxQueueBytes = 64 * 1024;
                options.Rules.Add(new RuleOptions { Pattern = Channel.Text, SlowConsumer = SlowConsumer.Conflate });
            },
            TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, prefix), name, metrics: metrics),
            metrics);
    }

    private static string KeyOf(int number) => (number % Keys).ToString(CultureInfo.InvariantCulture);

    private static byte[] PayloadOf(int number, bool isJson) =>
        Encoding.UTF8.GetBytes(isJson ? $"[{number},\"{new string('.', 2000)}\"]" : $"({number},{new string('.', 2000)})");

    private static int NumberOf(byte[] payload) =>
        int.Parse(Encoding.UTF8.GetString(payload)[1..].Split(',')[0], CultureInfo.InvariantCulture);
}
