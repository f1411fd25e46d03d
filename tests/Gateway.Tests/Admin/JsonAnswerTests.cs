using System.Text;
using Gateway.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Admin;

/// <summary>Every answer of the API in JSON says how long it is, refusals too.</summary>
public sealed class JsonAnswerTests
{
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["/api/v1/publish"] = """{"channel":"a","data":1}""",
        ["/api/v1/tokens/revoke"] = """{"user":"u1"}""",
        ["/api/v1/rules/explain"] = """{"channel":"a"}""",
    };

    /// <summary>With what they need; one that cannot do it here refuses.</summary>
    [Theory]
    [InlineData("?channel=a")]
    [InlineData("?channel=a&user=u1")]
    [InlineData("?channel=a&node=another")]
    [InlineData("")]
    [InlineData("?limit=x")]
    public async Task Answer_OfEveryRoute_SaysItsLength(string query)
    {
        await using var host = await RunningHost.StartAsync();
        var statuses = new HashSet<int>();
        foreach (var (method, path) in RoutesOf(host))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path + query);
            if (Bodies.TryGetValue(path, out var body))
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            statuses.Add(await AskAsync(host, request));
        }

        Assert.Contains(query.Contains("node=", StringComparison.Ordinal) ? 409 : 200, statuses);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", null, 404)]
    [InlineData("GET", "/api/v1/publish", null, 405)]
    [InlineData("POST", "/api/v1/publish", "not json", 400)]
    [InlineData("HEAD", "/api/v1/node", null, 200)]
    [InlineData("GET", "/openapi/v1.json", null, 200)]
    [InlineData("HEAD", "/openapi/v1.json", null, 200)]
    [InlineData("POST", "/openapi/v1.json", null, 405)]
    public async Task Answer_ToWhatIsNoRoute_SaysItsLength(string method, string path, string? body, int status)
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");

        Assert.Equal(status, await AskAsync(host, request));
    }

    [Fact]
    public async Task Answer_ToWhoMayNot_SaysItsLength()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", "7f3c1e9a5b2d8064"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/node");

        Assert.Equal(401, await AskAsync(host, request));
    }

    private static IEnumerable<(string Method, string Path)> RoutesOf(RunningHost host) =>
        from route in host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where route.Metadata.GetMetadata<OfANode>() is not null
        from method in route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
        select (method, route.RoutePattern.RawText!.Replace("{id}", "0123456789abcdef", StringComparison.Ordinal).Replace("{user}", "u1", StringComparison.Ordinal));

    /// <summary>The status.</summary>
    private static async Task<int> AskAsync(RunningHost host, HttpRequestMessage request)
    {
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var what = $"{request.Method} {request.RequestUri}: {(int)response.StatusCode}";

        Assert.True(response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json", what);
        Assert.True(response.Content.Headers.ContentLength > 0 && response.Headers.TransferEncodingChunked is null, what);
        if (request.Method != HttpMethod.Head)
            Assert.Equal(response.Content.Headers.ContentLength, (await response.Content.ReadAsByteArrayAsync()).Length);
        return (int)response.StatusCode;
    }
}
