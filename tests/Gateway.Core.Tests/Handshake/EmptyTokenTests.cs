using Gateway.Core.Access;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Handshake;

/// <summary>A client that meant to say who it is and says nothing is nobody, also where nobody is welcome.</summary>
public sealed class EmptyTokenTests
{
    public static TheoryData<string, string> Places { get; } = new()
    {
        { "/", "Authorization: Bearer\r\n" },
        { "/", "Authorization: bearer  \r\n" },
        { "/", "Authorization: Bearer ,Basic eDp5\r\n" },
        { "/", "Authorization: Basic eDp5\r\nAuthorization: Bearer\r\n" },
        { "/", "Sec-WebSocket-Protocol: gateway.v1, gateway.token.\r\n" },
        { "/?token=", "" },
        { "/?token", "" },
        { "/?a=1&token=&b=2", "" },
        { "/?t%6fken=", "" },
        { "/plain/news?token=", "" },
        { "/", "Cookie: session=\r\n" },
        { "/", "Cookie: a=b; session=\"\"; c=d\r\n" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Token_ThatIsEmpty_IsNoGood(string path, string headers)
    {
        using var harness = new ProtocolHarness(options => options.Auth.Cookie = "session", new Anybody());

        var (line, body) = harness.Response(path, headers);

        Assert.Equal("HTTP/1.1 401 Unauthorized", line);
        Assert.Contains("empty", body, StringComparison.Ordinal);
        Assert.Empty(harness.Channels.Asked);
    }

    /// <summary>Also where there are no keys, and nothing but anonymous clients.</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public void Token_ThatIsEmptyWhereNoneCanBeGood_IsNoGood(string path, string headers)
    {
        using var harness = new ProtocolHarness(options => options.Auth.Cookie = "session");

        Assert.Equal("HTTP/1.1 401 Unauthorized", harness.Response(path, headers).Line);
    }

    [Theory]
    [InlineData("/?token=", "Authorization: Bearer x\r\n")]
    [InlineData("/?token=x&token=", "")]
    public void Token_BesideAnEmptyOne_DiffersFromIt(string path, string headers)
    {
        using var harness = new ProtocolHarness(validator: new Anybody());

        Assert.Equal("HTTP/1.1 400 Bad Request", harness.Response(path, headers).Line);
    }

    [Theory]
    [InlineData("/", "")]
    [InlineData("/?tokens=&xtoken", "")]
    [InlineData("/", "Authorization: Bearerish\r\n")]
    [InlineData("/", "Authorization: Basic\r\n")]
    [InlineData("/", "Cookie: sessions=; other=\r\n")]
    public void NoTokenAtAll_IsAnonymous(string path, string headers)
    {
        using var harness = new ProtocolHarness(options => options.Auth.Cookie = "session", new Anybody());

        Assert.Equal("HTTP/1.1 101 Switching Protocols", harness.Response(path, headers).Line);
    }

    [Fact]
    public void Refresh_WithAnEmptyToken_IsUnauthorised()
    {
        using var harness = new ProtocolHarness(validator: new Anybody());
        var (connection, transport) = harness.Request("/", "Authorization: Bearer x\r\n");
        transport.Forget();

        transport.Receive(ClientBytes.Text("""{"type":"refresh","id":1,"token":""}"""));

        Assert.Contains("unauthorized", Assert.Single(transport.Messages), StringComparison.Ordinal);
        Assert.Equal("u1", connection.Identity.Subject);
    }

    /// <summary>Takes whatever it is shown: what is refused is refused before it.</summary>
    private sealed class Anybody : ITokenValidator
    {
        public TimeSpan ClockSkew => TimeSpan.Zero;

        public ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken) =>
            new(new TokenVerdict(new ClientIdentity { Subject = "u1" }, ""));
    }
}
