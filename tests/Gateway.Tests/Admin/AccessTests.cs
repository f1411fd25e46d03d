using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Admin;

public class AccessTests
{
    private const string Loopback = "127.0.0.1:0", Everywhere = "0.0.0.0:0";

    /// <summary>Address × key set × key sent → the status of each kind of route.</summary>
    [Theory]
    [InlineData(Loopback, "", null, 200, 200)]
    [InlineData(Loopback, "", "Bearer anything", 200, 200)]
    [InlineData(Loopback, "secret", null, 401, 200)]
    [InlineData(Loopback, "secret", "Bearer secret", 200, 200)]
    [InlineData(Loopback, "secret", "bearer secret", 200, 200)]
    [InlineData(Loopback, "secret", "Bearer Secret", 401, 200)]
    [InlineData(Loopback, "secret", "Bearer secret1", 401, 200)]
    [InlineData(Loopback, "secret", "Bearer ", 401, 200)]
    [InlineData(Loopback, "secret", "Basic secret", 401, 200)]
    [InlineData(Everywhere, "", null, 403, 403)]
    [InlineData(Everywhere, "", "Bearer ", 403, 403)]
    [InlineData(Everywhere, "secret", null, 401, 200)]
    [InlineData(Everywhere, "secret", "Bearer secret", 200, 200)]
    public async Task Access_AddressAndKey_DecideWhoGetsWhat(string address, string key, string? sent, int api, int console)
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:Address", address), ("Gateway:Admin:ApiKey", key));
        if (sent is not null)
            host.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", sent);

        Assert.Equal(200, await StatusAsync(host, "/livez"));
        Assert.Equal(200, await StatusAsync(host, "/readyz"));
        Assert.Equal(200, await StatusAsync(host, "/metrics"));
        Assert.Equal(api, await StatusAsync(host, "/api/v1/node"));
        Assert.Equal(api, await StatusAsync(host, "/API/v1/channels"));
        Assert.Equal(api, await StatusAsync(host, "/openapi/v1.json"));
        Assert.Equal(console, await StatusAsync(host, "/"));
        Assert.Equal(console, await StatusAsync(host, "/console.js"));
    }

    [Fact]
    public async Task Access_NoKeyBeyondLoopback_NamesTheOption()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:Address", Everywhere));

        var problem = await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}"""), 403);

        Assert.Contains("Gateway:Admin:ApiKey", problem.GetProperty("detail").GetString());
        Assert.Empty(host.Node.Published);
    }

    /// <summary>Both keys count while they are changed; the file is read again while the node runs.</summary>
    [Fact]
    public async Task Access_KeysOfAFile_AllCountAndAreChangedWithoutARestart()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "old\r\nnew\n");
            var time = new FakeTimeProvider();
            await using var host = await RunningHost.StartAsync(new FakeNode(), time, ("Gateway:Admin:Address", Everywhere), ("Gateway:Admin:ApiKeyPath", path));
            Assert.Equal((200, 200, 401, 401), (await WithAsync(host, "old"), await WithAsync(host, "new"), await WithAsync(host, "old new"), await WithAsync(host, "")));

            await File.WriteAllTextAsync(path, "new");
            time.Advance(TimeSpan.FromSeconds(5));

            Assert.Equal((401, 200), (await WithAsync(host, "old"), await WithAsync(host, "new")));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<int> WithAsync(RunningHost host, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/node");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var response = await host.Client.SendAsync(request);
        return (int)response.StatusCode;
    }

    [Fact]
    public async Task Access_WithoutTheKey_AsksForIt()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", "secret"));

        var response = await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}""");

        await RunningHost.ProblemAsync(response, 401);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        Assert.Empty(host.Node.Published);
    }

    [Fact]
    public async Task Access_UnknownRouteWithoutTheKey_TellsNothing()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", "secret"));

        Assert.Equal(401, await StatusAsync(host, "/api/v2/anything"));
    }

    [Theory]
    [InlineData("localhost:8081", 200)]
    [InlineData("gateway.localhost", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:8081", 200)]
    [InlineData("evil.example:8081", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    public async Task Access_OpenOnLoopback_RefusesNamesOfOtherMachines(string hostHeader, int status)
    {
        await using var host = await RunningHost.StartAsync();
        host.Client.DefaultRequestHeaders.Host = hostHeader;

        Assert.Equal(status, await StatusAsync(host, "/api/v1/node"));
        Assert.Equal(200, await StatusAsync(host, "/livez"));
    }

    [Fact]
    public async Task Access_WithAKey_AnyHostNameWillDo()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", "secret"));
        host.Client.DefaultRequestHeaders.Host = "gateway.example";
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");

        Assert.Equal(200, await StatusAsync(host, "/api/v1/node"));
    }

    [Fact]
    public async Task Access_PageOfAnotherSite_IsRefused()
    {
        await using var host = await RunningHost.StartAsync();
        var own = host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

        Assert.Equal(HttpStatusCode.Forbidden, await DisconnectFromAsync(host, "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await DisconnectFromAsync(host, "null"));
        Assert.Equal(HttpStatusCode.Accepted, await DisconnectFromAsync(host, own));
    }

    private static async Task<HttpStatusCode> DisconnectFromAsync(RunningHost host, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/connections/c/disconnect");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return (await host.Client.SendAsync(request)).StatusCode;
    }

    private static async Task<int> StatusAsync(RunningHost host, string path) => (int)(await host.Client.GetAsync(path)).StatusCode;
}
