using System.Net;
using System.Text.RegularExpressions;
using Gateway.Core.Framing;
using Gateway.Docs;
using Gateway.Integration.Access;
using Gateway.Integration.Fixtures;
using Gateway.Tests.Auth;

namespace Gateway.Integration.Host;

/// <summary>What the program exports with Redis, TLS and clients of every protocol is what docs/metrics.md was written from.</summary>
public sealed partial class MetricsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Scrape_OfANodeThatHasDoneEverything_IsWhatIsDocumented()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var issuer = await JwksServer.StartAsync(TokenIssuer.Rsa());
        await using var backend = await BackendServer.StartAsync();
        await using var host = await StartAsync(
            redis, $"--Gateway:Auth:Jwt:JwksUri={issuer.Uri}", $"--Gateway:Authorizer:Uri={backend.Uri}", "--Gateway:Rules:0:Pattern=asked", "--Gateway:Rules:0:Subscribe=authorizer", "--Gateway:Rules:1:Pattern=*");
        var documented = MetricCatalog.Read().ToDictionary(metric => metric.Name);
        await using var json = await WsClient.OpenJsonAsync(host.EndPoint);
        await json.SubscribeAsync("news");
        await using (var asking = await WsClient.OpenJsonAsync(host.EndPoint))
            await asking.SubscribeAsync("asked");
        await using var tls = await WsClient.OpenTlsAsync(host.EndPoints[1], _certificates.Client(), "/plain/news");
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await host.NodeAsync()).GetProperty("subscriptions").GetInt32() == 2);
        using (var published = await host.PublishAsync("""{"channel":"news","data":1}"""))
            published.EnsureSuccessStatusCode();
        Assert.Equal("message", (await json.ReceiveJsonAsync()).GetProperty("type").GetString());
        await tls.ReceiveAsync();
        await using var echo = await WsClient.OpenAsync(host.EndPoint, "/echo");
        using var drain = await host.Admin.PostAsync("/api/v1/drain", content: null);
        drain.EnsureSuccessStatusCode();

        string scrape = "";
        await Eventually.TrueAsync(
            async () =>
            {
                await EchoAsync(echo); // one flush in 64 on each thread is sampled
                scrape = await host.Admin.GetStringAsync("/metrics");
                return documented.Keys.All(name => scrape.Contains($"# TYPE {name} ", StringComparison.Ordinal));
            },
            () => "Not exported: " + string.Join(", ", documented.Keys.Where(name => !scrape.Contains($"# TYPE {name} ", StringComparison.Ordinal))));

        var types = TypeLine().Matches(scrape).Select(match => (Name: match.Groups[1].Value, Type: match.Groups[2].Value)).Order().ToArray();
        Assert.Equal(documented.Values.Select(metric => (metric.Name, metric.Type)).Order(), types);
        Assert.All(Samples(scrape), sample => Assert.Contains(sample.Value, Allowed(documented, sample.Metric, sample.Label)));
    }

    [Fact]
    public async Task Scrape_OfANewNode_HasEverySeriesOfItsClosedSets_InTheFormatOfWhoeverAsks()
    {
        await using var host = await HostProcess.StartAsync();

        using var asked = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        asked.Headers.Add("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"); // as Prometheus asks
        using var answer = await host.Admin.SendAsync(asked);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("_created", text, StringComparison.Ordinal);
        var samples = Samples(text).ToHashSet();

        var expected = MetricCatalog.Read()
            .Where(metric => metric.Type is "counter" or "gauge")
            .SelectMany(metric => metric.Labels.SelectMany(label => label.Values, (label, value) => (metric.Name, label.Name, value)));
        Assert.All(expected, sample => Assert.Contains(sample, samples));
    }

    private static async Task EchoAsync(WsClient client)
    {
        for (var i = 0; i < 64; i++)
        {
            await client.SendTextAsync("x");
            Assert.Equal(Opcode.Text, (await client.ReceiveAsync())!.Value.Opcode);
        }
    }

    private static IEnumerable<(string Metric, string Label, string Value)> Samples(string scrape) =>
        from sample in Sample().Matches(scrape)
        from label in Label().Matches(sample.Groups[2].Value)
        where label.Groups[1].Value is not ("otel_scope_name" or "le")
        select (Histogram().Replace(sample.Groups[1].Value, ""), label.Groups[1].Value, label.Groups[2].Value);

    /// <summary>What a label may say; where the configuration bounds it, what this test has configured.</summary>
    private static IReadOnlyList<string> Allowed(Dictionary<string, Metric> documented, string metric, string label)
    {
        var values = documented[metric].Labels.Single(one => one.Name == label).Values;
        return values.Count > 0 ? values : ["Gateway:Endpoints:1:Tls", "own"];
    }

    private Task<HostProcess> StartAsync(RedisServer redis, params string[] more) => HostProcess.StartAsync(
    [
        $"--Gateway:Redis:Configuration={redis.Address}",
        "--Gateway:Redis:ProbeInterval=50ms",
        "--Gateway:Echo:Enabled=true",
        "--Gateway:Drain:UnreadyDelay=10m", // the drain stays where its clients are served
        "--Gateway:Drain:Timeout=20m",
        "--Gateway:Endpoints:1:Address=127.0.0.1:0",
        $"--Gateway:Endpoints:1:Tls:CertificatePath={_certificates.CertificatePath}",
        $"--Gateway:Endpoints:1:Tls:KeyPath={_certificates.KeyPath}",
        .. more,
    ]);

    [GeneratedRegex(@"^# TYPE (gateway_\w+) (\w+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^(gateway_\w+)\{([^}]*)\} ", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("(\\w+)=\"([^\"]*)\"")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Histogram();
}
