using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Admin;

public class AccessTests
{
    private const string Loopback = "127.0.0.1:0", Everywhere = "0.0.0.0:0";

    private const string Key = "7f3c1e9a5b2d8064", OtherKey = "c95e70b1d3a84f26";

    /// <summary>Address × key set × key sent → the status of each kind of route.</summary>
    [Theory]
    [InlineData(Loopback, "", null, 200, 200)]
    [InlineData(Loopback, "", "Bearer anything", 200, 200)]
    [InlineData(Loopback, Key, null, 401, 200)]
    [InlineData(Loopback, Key, "Bearer " + Key, 200, 200)]
    [InlineData(Loopback, Key, "bearer " + Key, 200, 200)]
    [InlineData(Loopback, Key, "Bearer 7F3C1E9A5B2D8064", 401, 200)]
    [InlineData(Loopback, Key, "Bearer " + Key + "1", 401, 200)]
    [InlineData(Loopback, Key, "Bearer ", 401, 200)]
    [InlineData(Loopback, Key, "Basic " + Key, 401, 200)]
    [InlineData(Everywhere, "", null, 403, 403)]
    [InlineData(Everywhere, "", "Bearer ", 403, 403)]
    [InlineData(Everywhere, Key, null, 401, 200)]
    [InlineData(Everywhere, Key, "Bearer " + Key, 200, 200)]
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
            await File.WriteAllTextAsync(path, $"{Key}\r\n{OtherKey}\n");
            var time = new FakeTimeProvider();
            await using var host = await RunningHost.StartAsync(new FakeNode(), time, ("Gateway:Admin:Address", Everywhere), ("Gateway:Admin:ApiKeyPath", path));
            Assert.Equal((200, 200, 401, 401), (await WithAsync(host, Key), await WithAsync(host, OtherKey), await WithAsync(host, $"{Key} {OtherKey}"), await WithAsync(host, "")));

            // One that could be guessed does not count, whenever it comes.
            await File.WriteAllTextAsync(path, OtherKey + "\nchangeme\nchangemechangemechangeme");
            time.Advance(TimeSpan.FromSeconds(5));

            Assert.Equal((401, 200), (await WithAsync(host, Key), await WithAsync(host, OtherKey)));
            Assert.Equal((401, 401), (await WithAsync(host, "changeme"), await WithAsync(host, "changemechangemechangeme")));
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
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", Key));

        var response = await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}""");

        await RunningHost.ProblemAsync(response, 401);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        Assert.Empty(host.Node.Published);
    }

    [Fact]
    public async Task Access_UnknownRouteWithoutTheKey_TellsNothing()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", Key));

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
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", Key));
        host.Client.DefaultRequestHeaders.Host = "gateway.example";
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

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

    /// <summary>A browser says of every request who asks for it, also of an image's or a form's, which carry no Origin.</summary>
    [Theory]
    [InlineData("/api/v1/node", "same-origin", "cors", "empty", 200)]
    [InlineData("/api/v1/node", "none", "navigate", "document", 200)]
    [InlineData("/api/v1/node", "cross-site", "no-cors", "image", 403)]
    [InlineData("/api/v1/node", "cross-site", "navigate", "document", 403)]
    [InlineData("/api/v1/node", "same-site", "no-cors", "script", 403)] // another port of this machine
    [InlineData("/api/v1/node", "something-new", "cors", "empty", 403)]
    [InlineData("/openapi/v1.json", "cross-site", "no-cors", "script", 403)]
    [InlineData("/", "cross-site", "navigate", "document", 200)] // a link to the console
    [InlineData("/", "cross-site", "navigate", "iframe", 403)]
    [InlineData("/console.js", "cross-site", "no-cors", "script", 403)]
    [InlineData("/livez", "cross-site", "no-cors", "image", 200)]
    public async Task Access_OpenOnLoopback_RefusesWhatABrowserMarksAsAnotherSites(string path, string site, string mode, string destination, int status)
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);
        request.Headers.Add("Sec-Fetch-Dest", destination);

        Assert.Equal(status, (int)(await host.Client.SendAsync(request)).StatusCode);
    }

    private static async Task<HttpStatusCode> DisconnectFromAsync(RunningHost host, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/connections/c/disconnect");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return (await host.Client.SendAsync(request)).StatusCode;
    }

    private static async Task<int> StatusAsync(RunningHost host, string path) => (int)(await host.Client.GetAsync(path)).StatusCode;
}
