using System.Text;
using Gateway.Integration.Fixtures;
using static Gateway.Integration.Access.TokenNode;

namespace Gateway.Integration.Access;

/// <summary>Who gets in, by which of the places that a token may stand in, and what the others are told.</summary>
public sealed class AdmissionTests
{
    [Fact]
    public async Task Token_InEachPlace_LetsItsUserIn()
    {
        await using var node = await StartAsync(options => options.Auth.Cookie = "session");
        using var metrics = new MetricsReader(node.Metrics);
        var token = Backend.Issue("u1");
        (string Path, string Headers)[] requests =
        [
            ("/", Bearer(token)),
            ("/", $"authorization: bearer   {token}\r\n"),
            ("/", $"Authorization: Basic eDp5\r\n{Bearer(token)}"),
            ($"/?token={token}", ""),
            ($"/?a=1&token={token}&b", ""),
            ($"/?t%6Fken={token.Replace("e", "%65", StringComparison.Ordinal)}", ""),
            ("/", $"Cookie: a=b; session={token}; c=d\r\n"),
            ("/", $"Cookie: session=\"{token}\"\r\n"),
            ("/", $"Sec-WebSocket-Protocol: gateway.v1, gateway.token.{token}\r\n"),
            ("/", $"Sec-WebSocket-Protocol: gateway.token.{token}\r\nSec-WebSocket-Protocol: gateway.v1\r\n"),
            ($"/?token={token}", Bearer(token) + $"Sec-WebSocket-Protocol: gateway.v1,gateway.token.{token}\r\nCookie: session={token}\r\n"),
            ($"/plain/news?token={token}", ""),
        ];
        foreach (var (path, headers) in requests)
        {
            await using var client = await WsClient.OpenAsync(node.EndPoint, path, headers);

            Assert.DoesNotContain(token, client.ResponseHead, StringComparison.Ordinal);
            // The list of subprotocols is answered with the protocol, and never with the token.
            Assert.Equal(headers.Contains("gateway.v1", StringComparison.Ordinal), client.ResponseHead.Contains("Sec-WebSocket-Protocol: gateway.v1\r\n", StringComparison.Ordinal));
            Assert.Equal("u1", Assert.Single(node.Connections.Registry.All().Where(connection => connection.Protocol is not null).Select(connection => connection.Identity.Subject).Distinct()));
        }

        Assert.Equal(requests.Length, metrics["gateway.admissions{result=token}"]);
        await node.ReturnsToBaselineAsync();
        Assert.Equal(0, node.Connections.Users.Count);
    }

    [Fact]
    public async Task Token_InAPlaceThatIsOff_IsNotLookedAt()
    {
        await using var node = await StartAsync(options => options.Auth.TokenParameter = "");
        var token = Backend.Issue("u1");

        Assert.StartsWith("HTTP/1.1 401 ", await node.RefusedAsync($"/?token={token}"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await node.RefusedAsync(headers: $"Cookie: session={token}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_ThatDiffer_AreRefused()
    {
        await using var node = await StartAsync();
        var (one, two) = (Backend.Issue("u1"), Backend.Issue("u2"));

        foreach (var (path, headers) in ((string, string)[])[($"/?token={one}", Bearer(two)), ("/", Bearer(one) + Bearer(two)), ($"/?token={one}&token={two}", ""), ("/", Bearer(one) + $"Sec-WebSocket-Protocol: gateway.token.{two}\r\n")])
        {
            var answer = await node.RefusedAsync(path, headers);
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            Assert.Contains("WWW-Authenticate: Bearer error=\"invalid_request\"", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_ThatIsNoGood_IsRefusedWithItsReason_AlsoWhereAnonymousClientsAreWelcome(bool allowAnonymous)
    {
        await using var node = await StartAsync(options => options.Auth.AllowAnonymous = allowAnonymous);
        using var metrics = new MetricsReader(node.Metrics);
        var now = Gateway.Tests.Auth.TokenIssuer.Now;
        (string Token, string Reason, string Result)[] cases =
        [
            (Backend.Issue("u1", ("exp", now - 1)), "expired", "expired"),
            (Backend.Issue("u1", ("nbf", now + 600)), "not valid yet", "not_yet_valid"),
            (Stranger.Issue("u1"), "signature", "signature"),
            (Backend.Issue("u1", ("channels", 7)), "claim channels", "claims"),
            ("hello", "no signed JSON Web Token", "malformed"),
            (Backend.Issue("u1", ("long", new string('x', 6000))), "longer", "malformed"),
        ];
        foreach (var (token, reason, result) in cases)
        {
            var answer = await node.RefusedAsync(token.Length > 8000 ? "/" : $"/?token={token}", token.Length > 8000 ? $"Sec-WebSocket-Protocol: gateway.token.{token}\r\n" : "");
            if (token.Length > 8000)
            {
                // Longer than a header line may be: the request's own bound comes first.
                Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
                continue;
            }

            Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
            Assert.Contains($"WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"", answer, StringComparison.Ordinal);
            Assert.Contains(reason, answer.Split("\r\n\r\n")[1], StringComparison.Ordinal);
            Assert.DoesNotContain(token, answer, StringComparison.Ordinal);
            await metrics.BecomesAsync($"gateway.admissions{{result={result}}}", 1);
        }
    }

    [Fact]
    public async Task NoToken_IsToldTheScheme_OrLetInAsNobody()
    {
        await using (var closed = await StartAsync())
        {
            var answer = await closed.RefusedAsync();
            Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
            // RFC 6750 §3.1: no error where no credentials were given.
            Assert.Contains("WWW-Authenticate: Bearer\r\n", answer, StringComparison.Ordinal);
            answer = await closed.RefusedAsync("/?token=");
            Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
            Assert.Contains("invalid_token", answer, StringComparison.Ordinal);
        }

        await using var open = await StartAsync(options => options.Auth.AllowAnonymous = true);
        await using var client = await WsClient.OpenJsonAsync(open.EndPoint);
        Assert.False(open.Connections.Registry.All().Single().Identity.IsAuthenticated);
        Assert.Equal(0, open.Connections.Users.Count);
    }

    /// <summary>A client that has a part of what it asked for, and is not told, waits for the rest for ever.</summary>
    [Fact]
    public async Task Plain_ThatCannotHaveAllOfItsChannels_GetsNone()
    {
        await using var node = await StartAsync(options => options.Limits.MaxChannels = 3);
        var limited = Backend.Issue("u1", ("limits", new { subscriptions = 2 }));

        Assert.StartsWith("HTTP/1.1 403 ", await node.RefusedAsync($"/plain/a,b,c?token={limited}"), StringComparison.Ordinal);
        await using (var two = await WsClient.OpenAsync(node.EndPoint, $"/plain/a,b?token={limited}"))
            await node.SubscribedAsync(2);
        await using var four = await WsClient.OpenAsync(node.EndPoint, $"/plain/a,b,c,d?token={Backend.Issue("u1")}");
        Assert.Equal(1013, (await four.ReceiveCloseAsync()).Code);
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Token_WhereThereAreNoKeys_IsRefused()
    {
        await using var node = await TestNode.StartAsync();

        Assert.Contains("no keys", await node.RefusedAsync($"/?token={Backend.Issue("u1")}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, 101)]
    [InlineData("", "http://localhost", 101)]
    [InlineData("", "https://LOCALHOST:8081", 101)] // the console, on its own port
    [InlineData("", "http://localhost.", 101)]
    [InlineData("", "http://127.0.0.1", 403)]
    [InlineData("", "https://evil.example", 403)]
    [InlineData("", "https://localhost.evil.example", 403)]
    [InlineData("", "null", 403)]
    [InlineData("", "", 101)] // an empty header is none, and browsers send none that is empty
    [InlineData("", "https://localhost, https://evil.example", 403)]
    [InlineData("", "https://localhost@evil.example", 403)]
    [InlineData("*", "https://evil.example", 101)]
    [InlineData("*", "null", 101)]
    [InlineData("https://a.example", "https://a.example", 101)]
    [InlineData("https://a.example", "https://A.example:443", 101)]
    [InlineData("https://a.example", "http://a.example", 403)]
    [InlineData("https://a.example", "https://a.example:8443", 403)]
    [InlineData("https://a.example", "https://localhost", 403)] // a list is the whole list
    [InlineData("https://a.example;https://*.b.example", "https://x.b.example", 101)]
    [InlineData("https://a.example;https://*.b.example", "https://y.x.b.example", 101)]
    [InlineData("https://a.example;https://*.b.example", "https://b.example", 403)]
    [InlineData("https://a.example;https://*.b.example", "https://evilb.example", 403)]
    [InlineData("https://a.example;https://*.b.example", "https://x.b.example.evil.example", 403)]
    public async Task Page_IsHeldByItsOrigin(string allowed, string? origin, int status)
    {
        await using var node = await StartAsync(options =>
        {
            options.Auth.AllowAnonymous = true;
            foreach (var pattern in allowed.Split(';', StringSplitOptions.RemoveEmptyEntries))
                options.Auth.AllowedOrigins.Add(pattern);
        });
        await using var client = await WsClient.ConnectAsync(node.EndPoint);

        await client.SendRawAsync(WsClient.UpgradeRequest(headers: origin is null ? "" : $"Origin: {origin}\r\n"));

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
        if (status == 403)
            Assert.Contains("Gateway:Auth:AllowedOrigins", Encoding.UTF8.GetString(await client.ReceiveToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfThisMachine_IsWelcomeInDevelopment()
    {
        await using var node = await StartAsync(options =>
        {
            options.Auth.AllowLocalOrigins = true;
            options.Auth.AllowedOrigins.Add("https://a.example");
        });

        foreach (var origin in (string[])["http://localhost:5173", "http://app.localhost", "http://127.0.0.1:3000", "http://[::1]:3000", "https://a.example"])
        {
            await using var client = await WsClient.OpenAsync(node.EndPoint, headers: $"Origin: {origin}\r\n{Bearer(Backend.Issue("u1"))}");
        }

        Assert.StartsWith("HTTP/1.1 403 ", await node.RefusedAsync(headers: "Origin: http://192.0.2.1\r\n"), StringComparison.Ordinal);
    }

    /// <summary>Whatever happens to a token, and however badly: it stands in no log line, no answer and no address.</summary>
    [Fact]
    public async Task Token_StandsInNoLogLineAndNoAnswer()
    {
        await using var node = await StartAsync(options => options.Auth.Cookie = "session");
        string[] tokens = [Backend.Issue("u1"), Stranger.Issue("u1"), Backend.Issue("u1", ("exp", 1)), Backend.Issue("u1", ("channels", 7)), "not-a-token-at-all"];
        var answers = new List<string>();
        foreach (var token in tokens)
        {
            foreach (var (path, headers) in ((string, string)[])[($"/?token={token}", ""), ($"/nowhere?token={token}", ""), ($"/?token={token}", Bearer("another")), ("/", Bearer(token)), ("/", $"Cookie: session={token}\r\n"), ("/", $"Sec-WebSocket-Protocol: gateway.v1, gateway.token.{token}\r\n"), ($"/echo?token={token}", "")])
            {
                await using var client = await WsClient.ConnectAsync(node.EndPoint);
                await client.SendRawAsync(WsClient.UpgradeRequest(path, headers));
                answers.Add(await client.ReceiveHeadAsync());
                if (answers[^1].StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
                {
                    await client.SendTextAsync($$"""{"type":"refresh","id":1,"token":"{{token}}"}""");
                    await client.SendTextAsync($$"""{"type":"refresh","token":"{{token}}x"}""");
                    client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                }

                if (!path.StartsWith("/echo", StringComparison.Ordinal))
                    answers.Add(Encoding.UTF8.GetString(await client.ReceiveToEndAsync()));
            }
        }

        await node.ReturnsToBaselineAsync();
        Assert.NotEmpty(node.Logs.Lines);
        var secrets = tokens.SelectMany(token => token.Split('.').Where(part => part.Length > 10 && !part.StartsWith("eyJhbGciOi", StringComparison.Ordinal)));
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(node.Logs.Lines, line => line.Message.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(answers, answer => answer.Contains(secret, StringComparison.Ordinal));
        }
    }
}
