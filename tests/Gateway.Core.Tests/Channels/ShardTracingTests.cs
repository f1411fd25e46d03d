using System.Diagnostics;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Core.Tests.Channels;

/// <summary>What the spans of a publication say of its shards.</summary>
public sealed class ShardTracingTests : IDisposable
{
    private readonly SpanRecorder _spans = new();

    [Fact]
    public async Task Broadcast_OverTwoShards_IsASpanForEachWithinTheArrivals()
    {
        using var harness = Harness(shards: 2);
        for (var i = 0; i < 5; i++)
            await harness.Open(shard: i < 2 ? 0 : 1).SubscribeAsync("news");
        var behind = harness.Open(shard: 1);
        await behind.SubscribeAsync("news");
        behind.Transport.Takes = static bytes => bytes / 2;

        Publish(harness, "news", "payload");
        await EndedAsync(3);

        var process = _spans.Ended[^1]; // after the shards
        Assert.Equal((ActivityKind.Consumer, _spans.Parent.SpanId, 2), (process.Kind, process.ParentSpanId, process.GetTagItem("gateway.shards")));
        var shards = _spans.Ended.Take(2).OrderBy(span => span.GetTagItem("gateway.shard")).ToArray();
        Assert.All(shards, span => Assert.Equal((ActivityKind.Internal, process.SpanId), (span.Kind, span.ParentSpanId)));
        Assert.All(shards, span => Assert.Equal(process.StartTimeUtc, span.StartTimeUtc));
        Assert.Equal([2, 4], shards.Select(span => span.GetTagItem("gateway.subscribers")));
        Assert.Equal([2L, 4L], shards.Select(span => span.GetTagItem("gateway.sends")));
        Assert.Equal([0, 1], shards.Select(span => span.GetTagItem("gateway.left_waiting")));
        var frame = FrameHeader.SizeOf("news:payload".Length, masked: false) + "news:payload".Length;
        Assert.Equal([2L * frame, 4L * frame], shards.Select(span => span.GetTagItem("gateway.bytes")));
    }

    [Fact]
    public async Task Batch_OfSeveralChannels_SaysWithHowManyTheSendWasShared()
    {
        using var harness = Harness();
        var (both, one) = (harness.Open(), harness.Open());
        await both.SubscribeAsync("news");
        await both.SubscribeAsync("chat");
        await one.SubscribeAsync("news");

        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            harness.Publish("chat", "untraced");
            Publish(harness, "news", "traced");
            harness.Publish("chat", "untraced");
        }

        await EndedAsync(2);
        var deliver = _spans.Ended[0];
        Assert.Equal("deliver news", deliver.DisplayName);
        Assert.Equal((2, 3, 2L), (deliver.GetTagItem("gateway.subscribers"), deliver.GetTagItem("gateway.batch"), deliver.GetTagItem("gateway.sends")));
    }

    [Fact]
    public async Task Publication_DroppedByAFullInbox_EndsWithAnError()
    {
        using var harness = Harness(options => options.Channels.MaxInboxPublications = 16);
        await harness.Open().SubscribeAsync("news");

        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            for (var i = 0; i < 16; i++)
                harness.Publish("news", "untraced");
            Publish(harness, "news", "traced");

            var process = Assert.Single(_spans.Ended);
            Assert.Equal(ActivityStatusCode.Error, process.Status);
            Assert.Equal("inbox_full", Assert.Single(process.Events).Tags.Single(tag => tag.Key == "gateway.reason").Value);
        }
    }

    [Fact]
    public async Task Publication_ThatCannotBeEncoded_EndsWithAnErrorAndTheNextIsDelivered()
    {
        using var harness = Harness();
        var client = harness.Open();
        await client.SubscribeAsync("news", new FaultyEncoder());
        await client.SubscribeAsync("chat");

        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            Publish(harness, "news", "traced");
            harness.Publish("chat", "next");
        }

        await EndedAsync(2);
        Assert.Equal(ActivityStatusCode.Error, _spans.Ended[1].Status);
        Assert.Equal(typeof(FormatException).FullName, _spans.Ended[1].GetTagItem("error.type"));
        await harness.SettleAsync();
        Assert.Equal("chat:next", client.Messages[^1]);
        Assert.Equal(0, harness.Publications.Rented);
    }

    public void Dispose() => _spans.Dispose();

    private static ShardHarness Harness(Action<GatewayOptions>? configure = null, int shards = 1)
    {
        var harness = new ShardHarness(configure, shards);
        harness.Source.Script = static _ => new(true);
        return harness;
    }

    private Task EndedAsync(int count) => Eventually.TrueAsync(() => _spans.Ended.Count == count);

    private void Publish(ShardHarness harness, string channel, string payload)
    {
        var tracing = new PublicationTracing(ratio: 0, arrivalRatio: 0, maxPerSecond: 100, harness.Metrics, TimeProvider.System, NullLogger.Instance);
        var entry = harness.Directory.Find(ChannelName.Parse(channel).Utf8)!;
        var shards = entry.Interested;
        var bytes = System.Text.Encoding.UTF8.GetBytes(payload);
        var span = tracing.StartProcess(channel, bytes.Length, shards.Length, _spans.Parent);
        Assert.NotNull(span);
        Assert.Null(Activity.Current);
        var publication = harness.Publications.Rent(entry.Name, bytes, TimeProvider.System.GetTimestamp(), shards.Length, span);
        foreach (var shard in shards)
            shard.Post(publication);
    }

    private sealed class FaultyEncoder : IPublicationEncoder
    {
        public int Slot => 1;

        public OutboundFrame Encode(Publication publication) => throw new FormatException("a fault of ours");
    }
}
