using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Protocols.Json;
using Gateway.Core.Protocols.Plain;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Allocation;

/// <summary>
/// What a publication costs the collector on its way to its subscribers, whatever their number: the copy of its payload, and one frame for
/// each encoding that some subscriber wants, which all shards share. So it is two allocations where all speak one protocol. Deliveries
/// cost nothing.
/// </summary>
public sealed class PublicationAllocationTests
{
    private const int Rounds = 50;
    private const int Publications = 100; // of a round, which is one batch; queues that grow beyond 128 frames are not kept

    private static readonly ChannelName News = ChannelName.Parse("news");

    [Theory]
    [InlineData("json", 1)]
    [InlineData("json", 1000)]
    [InlineData("plain", 1)]
    [InlineData("plain", 1000)]
    public Task Publication_OfJson_AllocatesItsPayloadAndItsFrame(string protocol, int subscribers) =>
        ExpectAsync("""{"goal":1,"text":"of a usual length, which is not large"}""", subscribers, protocol);

    [Theory]
    [InlineData("text without a character that is escaped")]
    [InlineData("text with \"quotes\" \\ and\tmore")]
    public Task Publication_OfText_AllocatesItsPayloadAndItsFrame(string payload) => ExpectAsync(payload, 10, "json");

    [Fact]
    public Task Publication_ForTwoProtocols_AllocatesAFrameEach() => ExpectAsync("[1,2,3]", 10, "json", "plain");

    private static async Task ExpectAsync(string payload, int subscribers, params string[] protocols)
    {
        using var harness = new ShardHarness();
        harness.Source.Script = static _ => new(true);
        IPublicationEncoder[] encoders = [.. protocols.Select(name => name == "json" ? new JsonEncoder() : (IPublicationEncoder)new PlainEncoder())];
        for (var i = 0; i < subscribers; i++)
        {
            var client = harness.Open();
            await client.SubscribeAsync("news", encoders[i % encoders.Length]);
            client.Transport.Keeps = false;
        }

        var bytes = Encoding.UTF8.GetBytes(payload);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
            least = Math.Min(least, await AllocatedAsync(harness, bytes));

        var example = new Publication(News, bytes, 0);
        var expected = Allocations.SizeOf(() => new byte[bytes.Length])
            + encoders.Select(encoder => encoder.Encode(example).Array.Length).Sum(length => Allocations.SizeOf(() => new byte[length]));
        Assert.Equal(expected * Publications, least);
        Assert.Equal(2L * Rounds * Publications * subscribers, harness.Metrics.Deliveries.Value);
    }

    /// <summary>
    /// Bytes that the publications of a round allocate from their arrival to their last send, all on the drain's thread and in one of its
    /// turns, of which an earlier batch has warmed the thread.
    /// </summary>
    private static async Task<long> AllocatedAsync(ShardHarness harness, byte[] payload)
    {
        var measured = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        long before = 0;
        var step = 0;
        Action<Shard> next = null!;
        next = shard =>
        {
            // What is posted here is the next batch; its flush is over when the batch after it begins.
            switch (step++)
            {
                case 0:
                    PublishAll(harness, payload);
                    break;
                case 2:
                    before = GC.GetAllocatedBytesForCurrentThread();
                    PublishAll(harness, payload);
                    break;
                case 4:
                    measured.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
                    return;
            }

            shard.Post(ShardItemKind.Inspect, next);
        };
        harness.Shards[0].Post(ShardItemKind.Inspect, next);
        return await measured.Task;
    }

    /// <summary>As the node does with what the broker brings.</summary>
    private static void PublishAll(ShardHarness harness, ReadOnlySpan<byte> payload)
    {
        for (var i = 0; i < Publications; i++)
        {
            var entry = harness.Directory.Find("news"u8)!;
            harness.Publish(entry, payload.ToArray());
        }
    }
}
