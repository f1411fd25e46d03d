using System.Text;
using Gateway.Core.Options;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Protocols;

public sealed class ProtocolRoutesTests
{
    private const string Accepted = "HTTP/1.1 101 Switching Protocols";

    [Theory]
    [InlineData("/", "json")]
    [InlineData("/ws", "json")]
    [InlineData("/ws/", "json")]
    [InlineData("/ws/?a=b", "json")]
    [InlineData("/echo/", "echo")]
    [InlineData("/plain/news/", "plain")]
    [InlineData("/?user=x", "json")]
    [InlineData("/echo", "echo")]
    [InlineData("/plain/news", "plain")]
    [InlineData("/plain/a,b?x=1", "plain")]
    public void Path_Known_LeadsToItsProtocol(string path, string protocol)
    {
        using var harness = new ProtocolHarness(options => options.Echo.Enabled = true);
        var (connection, transport) = harness.Request(path);
        Assert.StartsWith(Accepted, Encoding.ASCII.GetString(transport.Sent), StringComparison.Ordinal);
        Assert.Equal(protocol, connection.Protocol!.Name);
    }

    [Theory]
    [InlineData("/x")]
    [InlineData("//")]
    [InlineData("/ws//")]
    [InlineData("//ws")]
    [InlineData("/WS")]
    [InlineData("/plain")]
    [InlineData("/plain/")]
    [InlineData("/Plain/news")]
    [InlineData("/favicon.ico")]
    public void Path_Unknown_Is404ThatNamesIt(string path)
    {
        using var harness = new ProtocolHarness(options => options.Echo.Enabled = true);
        var (line, body) = harness.Response(path);
        Assert.Equal("HTTP/1.1 404 Not Found", line);
        Assert.Contains(path, body, StringComparison.Ordinal);
    }

    [Fact]
    public void Path_LongAndUnknown_Is404ThatDoesNotRepeatIt()
    {
        using var harness = new ProtocolHarness();
        var (line, body) = harness.Response("/" + new string('x', 2000));
        Assert.Equal("HTTP/1.1 404 Not Found", line);
        Assert.DoesNotContain("xxx", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Echo_Off_Is404ThatNamesTheOption()
    {
        using var harness = new ProtocolHarness();
        var (line, body) = harness.Response("/echo");
        Assert.Equal("HTTP/1.1 404 Not Found", line);
        Assert.Contains("Gateway:Echo:Enabled", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/realtime", true)]
    [InlineData("/realtime/", true)]
    [InlineData("/realtime/ws", true)]
    [InlineData("/realtime/ws/", true)]
    [InlineData("/realtime//", false)]
    [InlineData("/realtime/plain/news", true)]
    [InlineData("/", false)]
    [InlineData("/ws", false)]
    [InlineData("/plain/news", false)]
    [InlineData("/realtimes", false)]
    [InlineData("/realtimeplain/news", false)]
    [InlineData("/Realtime", false)]
    [InlineData("/realtime/realtime", false)]
    public void BasePath_StandsInFrontOfEveryPath(string path, bool isServed)
    {
        using var harness = new ProtocolHarness(options => options.BasePath = "/realtime");
        Assert.Equal(isServed ? Accepted : "HTTP/1.1 404 Not Found", harness.Response(path).Line);
    }

    [Theory]
    [InlineData("/plain/a,", "400 Bad Request")]
    [InlineData("/plain/a%2Cb", "400 Bad Request")]
    [InlineData("/plain/%zz", "400 Bad Request")]
    [InlineData("/plain/a,b,c", "400 Bad Request")] // more than the maximum
    [InlineData("/plain/a,b,a", "101 Switching Protocols")]
    [InlineData("/plain/secret", "403 Forbidden")]
    [InlineData("/plain/a,secret", "403 Forbidden")]
    [InlineData("/plain/s%65cret", "403 Forbidden")]
    public void Plain_ChannelList_IsJudgedBeforeTheUpgrade(string path, string status)
    {
        using var harness = new ProtocolHarness(options =>
        {
            options.Limits.MaxSubscriptions = 2;
            options.Rules.Add(new RuleOptions { Pattern = "secret", Subscribe = RuleAudience.Nobody });
            options.Rules.Add(new RuleOptions());
        });
        Assert.Equal($"HTTP/1.1 {status}", harness.Response(path).Line);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("Sec-WebSocket-Protocol: gateway.v1\r\n", "gateway.v1")]
    [InlineData("Sec-WebSocket-Protocol: other, gateway.v1\r\n", "gateway.v1")]
    [InlineData("Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: gateway.v1\r\n", "gateway.v1")]
    [InlineData("Sec-WebSocket-Protocol: other\r\n", null)]
    [InlineData("Sec-WebSocket-Protocol: GATEWAY.V1\r\n", null)]
    public void Subprotocol_Offered_IsAnsweredWithOursOrNone(string headers, string? expected)
    {
        using var harness = new ProtocolHarness();
        var head = Encoding.ASCII.GetString(harness.Request("/", headers).Transport.Sent).Split("\r\n\r\n")[0];
        var answered = head.Split("\r\n").Where(line => line.StartsWith("Sec-WebSocket-Protocol:", StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith(Accepted, head, StringComparison.Ordinal);
        Assert.Equal(expected is null ? [] : [$"Sec-WebSocket-Protocol: {expected}"], answered);
    }

    [Fact]
    public void Anonymous_NotAllowed_IsRefusedButForEcho()
    {
        using var harness = new ProtocolHarness(options =>
        {
            options.Auth.AllowAnonymous = false;
            options.Echo.Enabled = true;
        });
        Assert.Equal("HTTP/1.1 401 Unauthorized", harness.Response("/").Line);
        Assert.Equal("HTTP/1.1 401 Unauthorized", harness.Response("/plain/news").Line);
        Assert.Equal(Accepted, harness.Response("/echo").Line);
        Assert.Empty(harness.Channels.Asked);
    }
}
