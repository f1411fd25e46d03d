using Gateway.Configuration;
using Gateway.Core.Telemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gateway.Telemetry;

/// <summary>
/// What leaves the node as metrics and traces: <c>/metrics</c> always, a collector when one is named. Standard variables (<c>OTEL_*</c>)
/// are the library's own business, but for where to: that is an option like others, so that it is validated and shown.
/// </summary>
internal static class TelemetrySetup
{
    // What is left of traces and metrics may take so long at a stop, once the last client is gone.
    private static readonly TimeSpan LastExport = TimeSpan.FromSeconds(2);

    private const string Traces = "traces", Metrics = "metrics";

    public static void Add(IServiceCollection services, GatewaySettings settings)
    {
        var otlp = settings.Otlp;
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("gateway", serviceVersion: ProgramVersion.Text, serviceInstanceId: settings.Gateway.Node.EnsureName())
                .AddEnvironmentVariableDetector()) // again: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(GatewayMetrics.MeterName, "System.Runtime")
                    // Gauges that the runtime makes as counters: whoever takes their rate sees nonsense. The node has its own.
                    .AddView("dotnet.thread_pool.thread.count", MetricStreamConfiguration.Drop)
                    .AddView("dotnet.thread_pool.queue.length", MetricStreamConfiguration.Drop)
                    // Fresh at every scrape: what is counted before a scrape is in it.
                    .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0);
                if (otlp is { IsEnabled: true, Metrics: true })
                    metrics.AddOtlpExporter(Metrics, configure: null);
            });
        if (!otlp.IsEnabled)
            return;
        Configure(services, Traces, otlp);
        Configure(services, Metrics, otlp);
        // The library's batches: 2,048 spans wait at most, further ones are dropped; a thread of its own sends them.
        telemetry.WithTracing(tracing => tracing.AddSource(PublicationTracing.SourceName).AddOtlpExporter(Traces, configure: null));
    }

    private static void Configure(IServiceCollection services, string signal, OtlpOptions otlp) =>
        services.AddOptions<OtlpExporterOptions>(signal).Configure<GatewayMetrics, TimeProvider, ILoggerFactory, IHostApplicationLifetime>((exporter, metrics, time, logs, lifetime) =>
        {
            var isGrpc = otlp.Protocol == OtlpOptions.Grpc;
            exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri(isGrpc ? otlp.Endpoint : $"{otlp.Endpoint.TrimEnd('/')}/v1/{signal}");
            if (otlp.Headers.Length > 0)
                exporter.Headers = otlp.Headers;
            var timeout = TimeSpan.FromMilliseconds(exporter.TimeoutMilliseconds);
            var end = new CancellationTokenSource();
            lifetime.ApplicationStopped.Register(() => end.CancelAfter(LastExport));
            exporter.HttpClientFactory = () => Client(signal, timeout, metrics, time, logs, end.Token);
        });

    private static HttpClient Client(string signal, TimeSpan timeout, GatewayMetrics metrics, TimeProvider time, ILoggerFactory logs, CancellationToken end)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the headers are for the collector alone
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a name may come to mean another machine
        };
        return new HttpClient(new ExportWatch(handler, signal, metrics, time, logs.CreateLogger<ExportWatch>(), end)) { Timeout = timeout };
    }
}
