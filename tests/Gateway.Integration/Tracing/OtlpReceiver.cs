using System.Collections.Concurrent;
using Gateway.Integration.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Tracing;

/// <summary>A collector: takes OTLP over HTTP, and keeps what it got.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<string> _authorizations = new();
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private int _metrics;

    private OtlpReceiver(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _app = builder.Build();
        _app.MapPost("/v1/traces", context => TakeAsync(context, body =>
        {
            foreach (var span in ReceivedSpan.ReadAll(body))
                _spans.Enqueue(span);
        }));
        _app.MapPost("/v1/metrics", context => TakeAsync(context, _ => Interlocked.Increment(ref _metrics)));
    }

    public string Url => _app.Urls.Single();

    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>What the header said in each request.</summary>
    public IReadOnlyList<string> Authorizations => [.. _authorizations];

    /// <summary>All that came, of traces and of metrics, as it came.</summary>
    public IReadOnlyList<byte[]> Bodies => [.. _bodies];

    /// <summary>Exports of metrics.</summary>
    public int Metrics => Volatile.Read(ref _metrics);

    public static async Task<OtlpReceiver> StartAsync(int port = 0)
    {
        var receiver = new OtlpReceiver(port);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>The spans of a trace, once there are so many.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> TraceAsync(string traceId, int count)
    {
        await Eventually.TrueAsync(() => Of(traceId).Length >= count, () => $"Of {count} spans came {Of(traceId).Length}: {string.Join(", ", Spans.Select(span => $"{span.Node}: {span.Name}"))}");
        return Of(traceId);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private ReceivedSpan[] Of(string traceId) => [.. _spans.Where(span => span.TraceId == traceId)];

    private async Task TakeAsync(HttpContext context, Action<ReadOnlyMemory<byte>> take)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        _bodies.Enqueue(body.ToArray());
        take(body.ToArray());
        context.Response.ContentType = "application/x-protobuf"; // an ExportTraceServiceResponse without fields is no bytes
    }
}
