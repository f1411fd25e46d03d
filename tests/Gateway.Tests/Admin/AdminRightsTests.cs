using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Admin;

/// <summary>What each route needs of a key, and that no other key gets it.</summary>
public class AdminRightsTests
{
    private const string Operator = "7f3c1e9a5b2d8064", Publisher = "c95e70b1d3a84f26", Reader = "4b08d6f2e17a93c5";

    /// <summary>Every route of the API. One that is new needs its line here, and a word at its place.</summary>
    private static readonly (string Method, string Route, string Needs)[] Table =
    [
        ("GET", "/api/v1/channels", "read"),
        ("GET", "/api/v1/connections/{id}", "read"),
        ("POST", "/api/v1/connections/{id}/disconnect", "operate"),
        ("DELETE", "/api/v1/drain", "operate"),
        ("GET", "/api/v1/drain", "read"),
        ("POST", "/api/v1/drain", "operate"),
        ("GET", "/api/v1/ended", "read"),
        ("GET", "/api/v1/explain", "read"),
        ("GET", "/api/v1/lagging", "read"),
        ("GET", "/api/v1/node", "read"),
        ("GET", "/api/v1/nodes", "read"),
        ("POST", "/api/v1/publish", "publish"),
        ("GET", "/api/v1/rules", "read"),
        ("POST", "/api/v1/rules/explain", "read"), // a dry run: nothing is changed by it
        ("GET", "/api/v1/subscribers", "read"),
        ("POST", "/api/v1/tokens/revoke", "operate"),
        ("GET", "/api/v1/traffic", "read"),
        ("GET", "/api/v1/users/{user}", "read"),
        ("POST", "/api/v1/users/{user}/disconnect", "operate"),
        ("GET", "/openapi/v1.json", "any"),
    ];

    private static readonly (string Key, string[] Has)[] Keys = [(Operator, ["any", "read", "publish", "operate"]), (Publisher, ["any", "publish"]), (Reader, ["any", "read"])];

    [Fact]
    public async Task Routes_EveryOne_IsOpenOrDeclaresWhatItNeeds()
    {
        await using var host = await StartAsync();

        var declared = RoutesOf(host)
            .Where(route => route.Metadata.GetMetadata<OpenAccess>() is null && route.Metadata.GetMetadata<ConsoleShell>() is null)
            .SelectMany(route => MethodsOf(route).Select(method => (
                method,
                "/" + route.RoutePattern.RawText!.TrimStart('/').Replace("{documentName}", "v1", StringComparison.Ordinal),
                route.Metadata.GetMetadata<NeededRight>() is { } needed ? NeededRight.WordOf(needed.Right) : "nothing is declared")))
            .OrderBy(route => route.Item2, StringComparer.Ordinal).ThenBy(route => route.method, StringComparer.Ordinal);

        Assert.Equal(Table, declared);
    }

    [Fact]
    public async Task OpenRoutes_AreHealthAndMetricsAlone()
    {
        await using var host = await StartAsync();

        Assert.Equal(["/livez", "/metrics", "/readyz"], RoutesOf(host).Where(route => route.Metadata.GetMetadata<OpenAccess>() is not null).Select(route => route.RoutePattern.RawText).Order());
        Assert.All(RoutesOf(host).Where(route => route.Metadata.GetMetadata<ConsoleShell>() is not null), route => Assert.Equal(["GET"], MethodsOf(route)));
    }

    [Fact]
    public async Task Routes_EachWithEachKey_AreGotWithTheRightAlone()
    {
        await using var host = await StartAsync();
        foreach (var (method, route, needs) in Table)
        {
            foreach (var (key, has) in Keys)
            {
                using var response = await SendAsync(host, method, route, key);

                Assert.True((response.StatusCode != System.Net.HttpStatusCode.Forbidden) == has.Contains(needs), $"{method} {route} with the key of {has[^1]}: {(int)response.StatusCode}");
                Assert.NotEqual(401, (int)response.StatusCode);
            }

            using var nobody = await SendAsync(host, method, route, "0" + Operator);
            Assert.Equal(401, (int)nobody.StatusCode);
        }
    }

    [Theory]
    [InlineData("GET", "/api/v1/node", Publisher, "publish key", "'read'", "Gateway:Admin:ApiKey and Gateway:Admin:ReadKey")]
    [InlineData("POST", "/api/v1/publish", Reader, "read key", "'publish'", "Gateway:Admin:ApiKey and Gateway:Admin:PublishKey")]
    [InlineData("POST", "/api/v1/drain", Reader, "read key", "'operate'", "the keys of Gateway:Admin:ApiKey.")]
    public async Task Key_WithoutTheRight_IsToldWhatIsNeeded(string method, string path, string key, params string[] words)
    {
        await using var host = await StartAsync();

        var problem = await RunningHost.ProblemAsync(await SendAsync(host, method, path, key), 403);

        Assert.All(words, word => Assert.Contains(word, problem.GetProperty("detail").GetString(), StringComparison.Ordinal));
        Assert.Empty(host.Node.Published);
    }

    [Fact]
    public async Task Key_OfAnyScope_FindsWhatIsNoRouteAsAnOperatorDoes()
    {
        await using var host = await StartAsync();
        foreach (var (key, _) in Keys)
        {
            Assert.Equal(404, (int)(await SendAsync(host, "GET", "/api/v1/nothing", key)).StatusCode);
            Assert.Equal(405, (int)(await SendAsync(host, "GET", "/api/v1/publish", key)).StatusCode);
        }
    }

    /// <summary>Whoever sets a narrow key alone has closed the rest.</summary>
    [Fact]
    public async Task Keys_WithoutAnOperators_LeaveNobodyWhoMayOperate()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:PublishKey", Publisher));

        Assert.Equal(401, (int)(await host.Client.PostAsync("/api/v1/drain", null)).StatusCode);
        Assert.Equal(403, (int)(await SendAsync(host, "POST", "/api/v1/drain", Publisher)).StatusCode);
        Assert.Equal(200, (int)(await SendAsync(host, "POST", "/api/v1/publish", Publisher)).StatusCode);
    }

    [Fact]
    public async Task KeysOfFiles_HaveTheRightsOfTheirFile()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, $"{Reader}\n{Publisher}");
            await using var host = await RunningHost.StartAsync(("Gateway:Admin:ReadKeyPath", path), ("Gateway:Admin:ApiKey", Operator));

            foreach (var key in (string[])[Reader, Publisher])
            {
                Assert.Equal(200, (int)(await SendAsync(host, "GET", "/api/v1/node", key)).StatusCode);
                Assert.Equal(403, (int)(await SendAsync(host, "POST", "/api/v1/publish", key)).StatusCode);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A file may come to hold an operator's key while the node runs.</summary>
    [Fact]
    public async Task KeyOfTwoScopes_HasTheRightsThatBothGive()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, Reader);
            var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
            await using var host = await RunningHost.StartAsync(new FakeNode(), time, ("Gateway:Admin:ReadKeyPath", path), ("Gateway:Admin:ApiKey", Operator));
            await File.WriteAllTextAsync(path, Operator);
            time.Advance(TimeSpan.FromSeconds(5));

            Assert.Equal(200, (int)(await SendAsync(host, "GET", "/api/v1/node", Operator)).StatusCode);
            Assert.Equal(403, (int)(await SendAsync(host, "POST", "/api/v1/drain", Operator)).StatusCode);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task OpenApi_EveryOperation_SaysWhatItNeeds()
    {
        await using var host = await RunningHost.StartAsync();

        var document = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        foreach (var (method, route, needs) in Table.Where(row => row.Route.StartsWith("/api/", StringComparison.Ordinal)))
        {
            var operation = document.GetProperty("paths").GetProperty(route).GetProperty(method.ToLowerInvariant());
            var required = operation.GetProperty("security").EnumerateArray().SelectMany(one => one.EnumerateObject()).Single();
            Assert.Equal(("key", needs), (required.Name, Assert.Single(required.Value.EnumerateArray()).GetString()));
            Assert.Contains($"'{needs}'", operation.GetProperty("responses").GetProperty("403").GetProperty("description").GetString(), StringComparison.Ordinal);
        }
    }

    private static Task<RunningHost> StartAsync() =>
        RunningHost.StartAsync(("Gateway:Admin:ApiKey", Operator), ("Gateway:Admin:PublishKey", Publisher), ("Gateway:Admin:ReadKey", Reader));

    private static IEnumerable<RouteEndpoint> RoutesOf(RunningHost host) =>
        host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static IEnumerable<string> MethodsOf(RouteEndpoint route) => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["any"];

    private static async Task<HttpResponseMessage> SendAsync(RunningHost host, string method, string route, string key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), route.Replace("{id}", "0123456789abcdef", StringComparison.Ordinal).Replace("{user}", "u1", StringComparison.Ordinal));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (method == "POST")
            request.Content = new StringContent("""{"channel":"a","data":1}""", Encoding.UTF8, "application/json");
        return await host.Client.SendAsync(request);
    }
}
