using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Admin;

public class AdminSideTests
{
    [Fact]
    public async Task Readiness_NotReady_Is503WithTheReasonInOneLine()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Readiness = new NodeReadiness(false, "redis: down for 31 s");

        var response = await host.Client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("redis: down for 31 s\n", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/livez")).StatusCode);
    }

    [Fact]
    public async Task Metrics_Scraped_HoldTheNodesAndTheRuntimes()
    {
        await using var host = await RunningHost.StartAsync();

        var text = await host.Client.GetStringAsync("/metrics");

        Assert.Contains("\ngateway_deliveries_total", text);
        Assert.Contains("gateway_deliveries_dropped_total{", text);
        Assert.Contains("\ndotnet_gc_collections_total", text);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/openapi/v9.json")]
    public async Task Route_Unknown_Is404WithProblemDetails(string path)
    {
        await using var host = await RunningHost.StartAsync();

        await RunningHost.ProblemAsync(await host.Client.GetAsync(path), 404);
    }

    [Fact]
    public async Task Route_WrongMethod_Is405WithProblemDetails()
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.Client.GetAsync("/api/v1/publish");

        var problem = await RunningHost.ProblemAsync(response, 405);
        Assert.Contains("POST", problem.GetProperty("detail").GetString());
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    /// <summary>Every route without a parameter that answers GET, the console's files among them.</summary>
    [Fact]
    public async Task Head_WhereverGetIs_AnswersTheSameWithoutContent()
    {
        await using var host = await RunningHost.StartAsync();
        var paths = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<IHttpMethodMetadata>() is not { } methods || methods.HttpMethods.Contains("GET"))
            .Select(route => route.RoutePattern.RawText!)
            .Where(path => !path.Contains('{', StringComparison.Ordinal))
            .ToArray();

        Assert.Superset(new HashSet<string> { "/", "/livez", "/readyz", "/metrics", "/api/v1/node" }, paths.Select(path => "/" + path.Trim('/')).ToHashSet());
        foreach (var path in paths)
        {
            using var get = await host.Client.GetAsync(path);
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            using var head = await host.Client.SendAsync(request);
            Assert.Equal((path, get.StatusCode, get.Content.Headers.ContentType), (path, head.StatusCode, head.Content.Headers.ContentType));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Head_WhereNothingIs_Is404_AndOnAnAction405()
    {
        await using var host = await RunningHost.StartAsync();
        foreach (var (path, status) in new[] { ("/nothing", HttpStatusCode.NotFound), ("/api/v1/publish", HttpStatusCode.MethodNotAllowed) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            using var response = await host.Client.SendAsync(request);
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task OpenApi_Document_DescribesEveryRoute()
    {
        await using var host = await RunningHost.StartAsync();

        var document = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString());
        var paths = document.GetProperty("paths").EnumerateObject().ToArray();
        Assert.Superset(
            new HashSet<string> { "/livez", "/readyz", "/api/v1/publish", "/api/v1/node", "/api/v1/channels", "/api/v1/connections/{id}", "/api/v1/connections/{id}/disconnect" },
            paths.Select(path => path.Name).ToHashSet());
        Assert.All(paths.SelectMany(path => path.Value.EnumerateObject()), operation =>
            Assert.False(string.IsNullOrEmpty(operation.Value.GetProperty("summary").GetString())));
        var publish = document.GetProperty("paths").GetProperty("/api/v1/publish").GetProperty("post");
        Assert.True(publish.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _));
        Assert.True(publish.GetProperty("responses").TryGetProperty("503", out _));
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/console.css", "text/css")]
    [InlineData("/console.js", "text/javascript")]
    [InlineData("/gateway.js", "text/javascript")]
    [InlineData("/vendor/uPlot.iife.min.js", "text/javascript")]
    [InlineData("/vendor/uPlot.min.css", "text/css")]
    public async Task Console_Files_AreServedUnderAStrictPolicy(string path, string contentType)
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.Client.GetAsync(path);

        Assert.Equal(contentType, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Console_FileThatHasNotChanged_IsNotSentAgain()
    {
        await using var host = await RunningHost.StartAsync();
        var first = await host.Client.GetAsync("/vendor/uPlot.iife.min.js");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/vendor/uPlot.iife.min.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        var response = await host.Client.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task Console_Page_NeedsNothingFromElsewhere()
    {
        await using var host = await RunningHost.StartAsync();

        var page = await host.Client.GetStringAsync("/");

        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
        Assert.DoesNotContain("<script>", page);
        Assert.DoesNotContain(" style=", page);
    }
}
