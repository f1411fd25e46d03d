using Gateway.Core.Handshake;
using Gateway.Core.Protocols;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Protocols;

/// <summary>A node that is told its names answers to no other, but to who asks how it is.</summary>
public sealed class HostsTests
{
    // The requests of these tests are for localhost.
    [Theory]
    [InlineData("/", "localhost", "HTTP/1.1 101 ")]
    [InlineData("/", "*.example.com", "HTTP/1.1 421 ")]
    [InlineData("/plain/news", "*.example.com", "HTTP/1.1 421 ")]
    [InlineData("/echo", "*.example.com", "HTTP/1.1 421 ")]
    [InlineData("/nothing", "*.example.com", "HTTP/1.1 421 ")]
    public void Upgrade_ForAnotherName_IsMisdirected(string path, string allowed, string line)
    {
        using var harness = new ProtocolHarness(options =>
        {
            options.Auth.AllowedHosts.Add(allowed);
            options.Echo.Enabled = true;
        });

        Assert.StartsWith(line, harness.Response(path).Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "ws.example.com:443", 200)]
    [InlineData("/", "10.0.0.7:8080", 421)]
    [InlineData("/", null, 421)]
    [InlineData("/nothing", "ws.example.com", 404)]
    [InlineData("/nothing", "evil.example", 421)]
    [InlineData("/healthz", "10.0.0.7:8080", 200)] // a load balancer, which probes by address
    [InlineData("/healthz", null, 200)]
    public void Page_ForAnotherName_IsMisdirected_ButTheHealthCheck(string path, string? host, int status)
    {
        using var harness = new ProtocolHarness(options => options.Auth.AllowedHosts.Add("ws.example.com"));
        var pages = new HttpPages(harness.Options, new ProtocolRoutes(harness.Options, harness.Channels, "node-1"), static () => true);

        var match = pages.Select(new PlainRequest(path, host, IsHead: false));

        Assert.Equal(status, match.Page?.Status ?? match.Refusal!.Status);
    }
}
