using System.Net;
using System.Net.Sockets;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Tracing;

/// <summary>The node and its collector: what it is told, and that it does not matter when it is not there.</summary>
public sealed class CollectorTests
{
    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task Collector_ThatIsAbsent_CostsNoPublicationAndOneLine(string protocol)
    {
        await using var node = await StartAsync($"http://127.0.0.1:{RedisServer.FreePort()}", $"--Gateway:Telemetry:Otlp:Protocol={protocol}");
        await using var client = await Traced.SubscribeAsync(node, "news");

        // Batch after batch, until several have failed.
        await Eventually.TrueAsync(async () =>
        {
            await PublishAndReceiveAsync(node, client);
            return await node.MetricAsync("gateway_telemetry_export_errors_total") >= 5;
        });

        Assert.Single(node.Output.Split('\n'), line => line.Contains("does not take", StringComparison.Ordinal));
        Assert.Contains("\"EventId\":3200", node.Output, StringComparison.Ordinal);
        await node.SignalAsync("TERM");
        Assert.Equal(0, await node.WaitForExitAsync());
    }

    [Fact]
    public async Task Collector_ThatTakesConnectionsAndNeverAnswers_DelaysNoPublication()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var node = await StartAsync($"http://{silent.LocalEndpoint}", "--OTEL_BSP_MAX_QUEUE_SIZE=16", "--OTEL_BSP_MAX_EXPORT_BATCH_SIZE=8");
        await using var client = await Traced.SubscribeAsync(node, "news");
        await PublishAndReceiveAsync(node, client);
        using var exporting = await silent.AcceptSocketAsync();

        // More spans than may wait, while the export hangs.
        for (var i = 0; i < 100; i++)
            await PublishAndReceiveAsync(node, client);

        // Nor the stop for ever.
        await node.SignalAsync("TERM");
        Assert.Equal(0, await node.WaitForExitAsync());
    }

    [Fact]
    public async Task Collector_ThatComesBack_IsSaidToTakeThemAgain()
    {
        var port = RedisServer.FreePort();
        await using var node = await StartAsync($"http://127.0.0.1:{port}");
        await using var client = await Traced.SubscribeAsync(node, "news");
        await Eventually.TrueAsync(async () =>
        {
            await PublishAndReceiveAsync(node, client);
            return node.Output.Contains("does not take traces", StringComparison.Ordinal);
        });

        await using var collector = await OtlpReceiver.StartAsync(port);

        await Eventually.TrueAsync(async () =>
        {
            await PublishAndReceiveAsync(node, client);
            return node.Output.Contains("takes traces again", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Headers_AreSentWithTracesAndMetricsAndNeverLogged()
    {
        const string Token = "s3cr3t-token";
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await StartAsync(
            collector.Url, $"--Gateway:Telemetry:Otlp:Headers=authorization=Bearer%20{Token}", "--Gateway:Telemetry:Otlp:Metrics=true",
            "--OTEL_METRIC_EXPORT_INTERVAL=100", "--Logging:LogLevel:Default=Trace");
        await using var client = await Traced.SubscribeAsync(node, "news");

        await PublishAndReceiveAsync(node, client);
        await Eventually.TrueAsync(() => collector is { Metrics: > 0, Spans.Count: > 0 });

        Assert.All(collector.Authorizations, value => Assert.Equal("Bearer " + Token, value));
        Assert.DoesNotContain(Token, node.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, (await node.NodeAsync()).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithWrongOptions_ReportsAllOfThemAndNoSecret()
    {
        var (exitCode, output) = await HostProcess.RunAsync(
            "--Gateway:Telemetry:Otlp:Endpoint=collector:4318", "--Gateway:Telemetry:Otlp:Protocol=http/json", "--Gateway:Telemetry:Otlp:Headers=s3cr3t",
            "--Gateway:Telemetry:Tracing:Ratio=1.5", "--Gateway:Telemetry:Tracing:MaxPerSecond=0");

        Assert.Equal(78, exitCode);
        Assert.Contains("Gateway:Telemetry:Otlp:Endpoint", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Telemetry:Otlp:Protocol", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Telemetry:Otlp:Headers", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Telemetry:Tracing:Ratio", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Telemetry:Tracing:MaxPerSecond", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resource_ByTheStandardVariables_IsWhatTheySay()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await StartAsync(collector.Url, "--OTEL_SERVICE_NAME=push", "--OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=test");
        await using var client = await Traced.SubscribeAsync(node, "news");

        await PublishAndReceiveAsync(node, client);
        await Eventually.TrueAsync(() => collector.Spans.Count > 0);

        Assert.Equal(("push", "test"), (collector.Spans[0].Resource["service.name"], collector.Spans[0].Resource["deployment.environment.name"]));
    }

    private static Task<HostProcess> StartAsync(string endpoint, params string[] options) =>
        Traced.StartAsync(endpoint, redis: null, ["--Gateway:Telemetry:Tracing:Ratio=1", "--Gateway:Telemetry:Tracing:MaxPerSecond=100000", .. options]);

    private static async Task PublishAndReceiveAsync(HostProcess node, WsClient client)
    {
        await Traced.PublishAsync(node, """{"channel":"news","data":1}""", traceparent: null);
        Assert.Equal(1, (await client.ReceiveJsonAsync()).GetProperty("data").GetInt32());
    }
}
