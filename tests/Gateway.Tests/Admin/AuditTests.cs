using System.Net.Http.Headers;

namespace Gateway.Tests.Admin;

/// <summary>Who did what to the node stands in the log.</summary>
public class AuditTests
{
    private const string Id = "0123456789abcdef", Key = "7f3c1e9a5b2d8064";

    [Theory]
    [InlineData("POST", "/api/v1/drain", 202)]
    [InlineData("DELETE", "/api/v1/drain", 409)]
    [InlineData("POST", $"/api/v1/connections/{Id}/disconnect", 202)]
    public async Task Action_IsOneLineWithWhoAndTheOutcome(string method, string path, int status)
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", Key), ("Logging:LogLevel:Default", "Information"));
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        using var response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(status, (int)response.StatusCode);
        // echo -n 7f3c1e9a5b2d8064 | sha256sum | cut -c1-8
        Assert.Equal($"Admin action: {method} {path} by operator key a2396892 from 127.0.0.1, answered {status}.", Assert.Single(host.Audit()));
        Assert.DoesNotContain(host.Log.GetSnapshot(), line => line.Message.Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadingAndPublishing_AreNoActions()
    {
        await using var host = await RunningHost.StartAsync(("Logging:LogLevel:Default", "Information"));

        foreach (var path in (string[])["/api/v1/node", "/api/v1/drain", "/api/v1/channels", "/metrics", "/readyz", "/"])
            Assert.True((await host.Client.GetAsync(path)).IsSuccessStatusCode, path);
        Assert.True((await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}""")).IsSuccessStatusCode);

        Assert.Empty(host.Audit());
    }

    [Fact]
    public async Task Action_OnLoopbackWithoutAKey_SaysSo()
    {
        await using var host = await RunningHost.StartAsync(("Logging:LogLevel:Default", "Information"));

        await host.Client.PostAsync("/api/v1/drain", null);

        Assert.Equal("Admin action: POST /api/v1/drain by no key from 127.0.0.1, answered 202.", Assert.Single(host.Audit()));
    }

    [Fact]
    public async Task Refusals_AreToldNowAndThen()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", Key), ("Logging:LogLevel:Default", "Information"));
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "guess");

        for (var i = 0; i < 20; i++)
            await host.Client.PostAsync("/api/v1/drain", null);

        Assert.Equal("Admin request refused: POST /api/v1/drain by no key from 127.0.0.1, answered 401. This line comes at most every 10 s.", Assert.Single(host.Audit()));
    }

    [Fact]
    public async Task Refusal_OfAKeyWithoutTheRight_SaysWhose()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ReadKey", Key), ("Logging:LogLevel:Default", "Information"));
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        await host.Client.PostAsync("/api/v1/drain", null);

        Assert.Equal("Admin request refused: POST /api/v1/drain by read key a2396892 from 127.0.0.1, answered 403. This line comes at most every 10 s.", Assert.Single(host.Audit()));
    }

    /// <summary>A name may hold an encoded line break; the log's line has it encoded still.</summary>
    [Fact]
    public async Task Path_WithALineBreak_StaysOneLine()
    {
        await using var host = await RunningHost.StartAsync(("Logging:LogLevel:Default", "Information"));

        await host.Client.PostAsync("/api/v1/connections/a%0Aadmin/disconnect", null);

        Assert.Contains("a%0Aadmin", Assert.Single(host.Audit()));
    }
}
