using System.Diagnostics;
using System.Net;
using System.Text;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Tracing;

/// <summary>What the tests of traces share.</summary>
internal static class Traced
{
    public static (string TraceId, string SpanId, string Traceparent) NewContext(bool sampled = true)
    {
        var (trace, span) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
        return (trace, span, $"00-{trace}-{span}-{(sampled ? "01" : "00")}");
    }

    /// <summary>A node that exports at once, of one shard, so that the spans can be counted; ready.</summary>
    public static async Task<HostProcess> StartAsync(string endpoint, RedisServer? redis, params string[] options)
    {
        var host = await HostProcess.StartAsync(
        [
            .. redis is null ? Array.Empty<string>() : [$"--Gateway:Redis:Configuration={redis.Address}"],
            $"--Gateway:Telemetry:Otlp:Endpoint={endpoint}",
            "--Gateway:Channels:Shards=1",
            "--OTEL_BSP_SCHEDULE_DELAY=50",
            .. options,
        ]);
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        return host;
    }

    public static async Task PublishAsync(HostProcess host, string body, string? traceparent, string? tracestate = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/publish");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (traceparent is not null)
            request.Headers.Add("traceparent", traceparent);
        if (tracestate is not null)
            request.Headers.Add("tracestate", tracestate);
        using var response = await host.Admin.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public static async Task<WsClient> SubscribeAsync(HostProcess host, string channel)
    {
        var client = await WsClient.OpenJsonAsync(host.EndPoint);
        await client.SubscribeAsync(channel);
        return client;
    }
}
