using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Tracing;

/// <summary>Traces of publications, over the program, Redis and a collector.</summary>
public sealed class TracingTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Publish_WithATraceparent_IsOneTraceOverBothNodes()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var a = await Traced.StartAsync(collector.Url, redis, "--Gateway:Node:Name=a");
        await using var b = await Traced.StartAsync(collector.Url, redis, "--Gateway:Node:Name=b");
        await using var onA = await Traced.SubscribeAsync(a, "chat:one");
        await using var onB1 = await Traced.SubscribeAsync(b, "chat:one");
        await using var onB2 = await Traced.SubscribeAsync(b, "chat:one");
        var (traceId, spanId, traceparent) = Traced.NewContext();

        await Traced.PublishAsync(a, """{"channel":"chat:one","data":{"n":1}}""", traceparent, "vendor=1");
        var spans = await collector.TraceAsync(traceId, 6);

        Assert.Equal(6, spans.Count);
        var publish = Assert.Single(spans, span => span.Kind == SpanKind.Producer);
        Assert.Equal(("a", "publish chat:*", spanId, "vendor=1"), (publish.Node, publish.Name, publish.ParentId, publish.State));
        Assert.Equal("chat:one", publish.Attributes["messaging.destination.name"]);
        Assert.Equal(("gateway", "send", "publish"), (publish.Attributes["messaging.system"], publish.Attributes["messaging.operation.type"], publish.Attributes["messaging.operation.name"]));
        Assert.Equal(("api", "7"), (publish.Attributes["gateway.publisher"], publish.Attributes["messaging.message.body.size"]));

        var send = Assert.Single(spans, span => span.Kind == SpanKind.Client);
        Assert.Equal(("a", publish.SpanId, "redis"), (send.Node, send.ParentId, send.Attributes["messaging.system"]));

        foreach (var (node, subscribers) in new[] { ("a", "1"), ("b", "2") })
        {
            var process = Assert.Single(spans, span => span.Node == node && span.Kind == SpanKind.Consumer);
            Assert.Equal(("process chat:*", publish.SpanId, "vendor=1"), (process.Name, process.ParentId, process.State));
            var deliver = Assert.Single(spans, span => span.Node == node && span.Kind == SpanKind.Internal);
            Assert.Equal(("deliver chat:*", process.SpanId, process.Start), (deliver.Name, deliver.ParentId, deliver.Start));
            Assert.Equal(subscribers, deliver.Attributes["gateway.subscribers"]);
            Assert.Equal(subscribers, deliver.Attributes["gateway.sends"]);
            Assert.Equal(("0", "1", "0"), (deliver.Attributes["gateway.shard"], deliver.Attributes["gateway.batch"], deliver.Attributes["gateway.left_waiting"]));
            Assert.Equal("taken from the inbox", Assert.Single(deliver.Events));
            Assert.InRange(deliver.End, deliver.Start, process.End);
        }

        Assert.All(spans, span => Assert.Equal("gateway", span.Resource["service.name"]));
        Assert.All(spans, span => Assert.NotEmpty(span.Resource["service.version"]));
    }

    [Fact]
    public async Task Envelope_WithATraceparent_IsTracedWhereItArrives()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await Traced.StartAsync(collector.Url, redis);
        await using var client = await Traced.SubscribeAsync(node, "news");
        var (traceId, spanId, traceparent) = Traced.NewContext();

        await RedisCli.EnvelopeAsync(redis, $$"""{"v":1,"channels":["news"],"text":"hello","traceparent":"{{traceparent}}","tracestate":"vendor=2"}""");

        Assert.Equal("hello", (await client.ReceiveJsonAsync()).GetProperty("data").GetString());
        var spans = await collector.TraceAsync(traceId, 2);
        var process = Assert.Single(spans, span => span.Kind == SpanKind.Consumer);
        Assert.Equal((spanId, "vendor=2"), (process.ParentId, process.State));
        Assert.Equal(process.SpanId, Assert.Single(spans, span => span.Kind == SpanKind.Internal).ParentId);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"00-zz\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"a\":[]}")]
    public async Task Envelope_WithATraceparentThatIsNone_IsDeliveredAllTheSame(string traceparent)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await Traced.StartAsync(collector.Url, redis);
        await using var client = await Traced.SubscribeAsync(node, "news");

        await RedisCli.EnvelopeAsync(redis, $$"""{"v":1,"channels":["news"],"data":1,"traceparent":{{traceparent}}}""");

        Assert.Equal(1, (await client.ReceiveJsonAsync()).GetProperty("data").GetInt32());
    }

    [Fact]
    public async Task Publish_WithoutTheSampledFlag_LeavesNoSpan()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        // What comes without a context is traced here; a context that says no has the last word.
        await using var node = await Traced.StartAsync(collector.Url, redis, "--Gateway:Telemetry:Tracing:Ratio=1");
        await using var client = await Traced.SubscribeAsync(node, "news");
        var (unsampled, _, traceparent) = Traced.NewContext(sampled: false);
        var (marker, _, sampled) = Traced.NewContext();

        await Traced.PublishAsync(node, """{"channel":"news","data":1}""", traceparent);
        await Traced.PublishAsync(node, """{"channel":"news","data":2}""", sampled);
        await collector.TraceAsync(marker, 4);

        Assert.DoesNotContain(collector.Spans, span => span.TraceId == unsampled);
        Assert.All(collector.Spans, span => Assert.Equal(marker, span.TraceId));
    }

    [Fact]
    public async Task Ratio_OfOne_BeginsATraceWhereThePublicationIsTaken()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await Traced.StartAsync(
            collector.Url, redis, "--Gateway:Telemetry:Tracing:Ratio=1", "--Gateway:Rules:0:Pattern=*", "--Gateway:Rules:0:Publish=anyone");
        await using var client = await Traced.SubscribeAsync(node, "news");

        await client.SendTextAsync("""{"type":"publish","channel":"news","data":1}""");
        await Eventually.TrueAsync(() => collector.Spans.Count >= 4);

        var publish = Assert.Single(collector.Spans, span => span.Kind == SpanKind.Producer);
        Assert.Equal(("", "client"), (publish.ParentId, publish.Attributes["gateway.publisher"]));
        Assert.All(collector.Spans, span => Assert.Equal(publish.TraceId, span.TraceId));
    }

    [Fact]
    public async Task ArrivalRatio_OfOne_BeginsATraceWhereARawPublicationArrives()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await Traced.StartAsync(collector.Url, redis, "--Gateway:Telemetry:Tracing:ArrivalRatio=1");
        await using var client = await Traced.SubscribeAsync(node, "news");

        await RedisCli.PublishAsync(redis, "news", "1"u8.ToArray());
        await Eventually.TrueAsync(() => collector.Spans.Count >= 2);

        var process = Assert.Single(collector.Spans, span => span.Kind == SpanKind.Consumer);
        Assert.Equal("", process.ParentId);
        Assert.Equal(process.SpanId, Assert.Single(collector.Spans, span => span.Kind == SpanKind.Internal).ParentId);
    }

    [Fact]
    public async Task Publish_TracedAndNotInTurn_KeepsItsOrder()
    {
        const int Count = 200;
        await using var collector = await OtlpReceiver.StartAsync();
        await using var a = await Traced.StartAsync(collector.Url, redis, "--Gateway:Telemetry:Tracing:MaxPerSecond=1000");
        await using var b = await Traced.StartAsync(collector.Url, redis, "--Gateway:Telemetry:Tracing:MaxPerSecond=1000");
        await using var client = await Traced.SubscribeAsync(b, "news");

        for (var n = 0; n < Count; n++)
            await Traced.PublishAsync(a, $$"""{"channel":"news","data":{{n}}}""", n % 2 == 0 ? Traced.NewContext().Traceparent : null);

        for (var n = 0; n < Count; n++)
            Assert.Equal(n, (await client.ReceiveJsonAsync()).GetProperty("data").GetInt32());
        await Eventually.TrueAsync(() => collector.Spans.Count(span => span.Kind == SpanKind.Consumer) == Count / 2);
    }

    [Fact]
    public async Task Bound_MoreAskToBeTraced_DeliversThemUntracedAndCountsAndLogsOnce()
    {
        const int Count = 50;
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await Traced.StartAsync(collector.Url, redis: null, "--Gateway:Telemetry:Tracing:MaxPerSecond=1");
        await using var client = await Traced.SubscribeAsync(node, "news");

        await Task.WhenAll(Enumerable.Range(0, Count).Select(n => Traced.PublishAsync(node, $$"""{"channel":"news","data":{{n}}}""", Traced.NewContext().Traceparent)));

        var seen = new HashSet<int>();
        for (var n = 0; n < Count; n++)
            seen.Add((await client.ReceiveJsonAsync()).GetProperty("data").GetInt32());
        Assert.Equal(Count, seen.Count);
        var limited = (int)await node.MetricAsync("gateway_traces_limited_total");
        Assert.InRange(limited, 1, Count);
        await Eventually.TrueAsync(() => collector.Spans.Count(span => span.Kind == SpanKind.Producer) >= Count - limited);
        await Eventually.TrueAsync(() => Lines(node, 1500).Any());
        Assert.Single(Lines(node, 1500));
    }

    [Fact]
    public async Task Log_OfARequestThatIsTraced_NamesTheTrace()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await Traced.StartAsync(
            collector.Url, redis: null, "--Gateway:Telemetry:Tracing:MaxPerSecond=1", "--Logging:Console:FormatterName=json", "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Information");
        var (traceId, _, traceparent) = Traced.NewContext();

        await Traced.PublishAsync(node, """{"channel":"news","data":1}""", traceparent);

        await Eventually.TrueAsync(() => node.Output.Contains(traceId, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Lines(HostProcess node, int id) =>
        node.Output.Split('\n').Where(line => line.StartsWith('{') && JsonSerializer.Deserialize<JsonElement>(line).GetProperty("EventId").GetInt32() == id);
}
