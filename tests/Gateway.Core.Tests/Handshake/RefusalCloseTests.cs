using System.Text;
using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Handshake;

/// <summary>Refusals, to clients that cannot see an HTTP answer.</summary>
public sealed class RefusalCloseTests
{
    private const string Asks = "Sec-WebSocket-Protocol: gateway.v1, gateway.refusals\r\n";

    [Theory]
    [InlineData("/", "", 4401)]
    [InlineData("/ws?token=a", "Authorization: Bearer b\r\n", 4400)]
    [InlineData("/", "Authorization: Bearer b\r\n", 4401)]
    [InlineData("/", "Origin: https://elsewhere.test\r\n", 4403)]
    [InlineData("/nowhere", "", 4404)]
    [InlineData("/plain/a%20b", "", 4400)]
    public void Refusal_OfAClientThatAsks_IsAWebSocketThatClosesAtOnce(string path, string headers, int code)
    {
        using var harness = new ProtocolHarness(options => options.Auth.AllowAnonymous = false);

        var (connection, transport) = harness.Request(path, Asks + headers);

        var (head, frame) = Taken(transport);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        var reason = harness.Response(path, headers).Body;
        Assert.Equal(((CloseCode)code, reason[..Math.Min(ClosePayload.MaxReasonBytes, reason.Length)]), ClosePayload.Parse(frame));
        Assert.Equal((ConnectionState.Closing, false), (connection.State, transport.IsShutdown));
        // The client's close frame makes it a clean end.
        transport.Receive(ClientBytes.Frame(Opcode.Close, frame.AsSpan(0, 2)));
        Assert.True(transport.IsShutdown);
    }

    [Theory]
    [InlineData("/", "gateway.v1")]
    [InlineData("/nowhere", "gateway.refusals")]
    public void Refusal_ByClose_NamesASubprotocolThatTheClientOffers(string path, string subprotocol)
    {
        using var harness = new ProtocolHarness(options => options.Auth.AllowAnonymous = false);

        Assert.Contains($"\r\nSec-WebSocket-Protocol: {subprotocol}\r\n", Taken(harness.Request(path, Asks).Transport).Head, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_ForTooManyConnections_Is4429()
    {
        using var harness = new ProtocolHarness(options => options.Limits.MaxConnectionsPerAddress = 1);
        harness.Open();

        Assert.Equal((CloseCode)4429, ClosePayload.Parse(Taken(harness.Request("/", Asks).Transport).Frame).Code);
    }

    [Theory]
    [InlineData(true, "Sec-WebSocket-Protocol: gateway.v1\r\n")]
    [InlineData(true, "")]
    [InlineData(false, Asks)]
    public void Refusal_OfAClientThatDoesNotAsk_OrWhereItIsOff_IsHttp(bool isOn, string headers)
    {
        using var harness = new ProtocolHarness(options => (options.Auth.AllowAnonymous, options.Handshake.CloseRefused) = (false, isOn));

        Assert.Equal("HTTP/1.1 401 Unauthorized", harness.Response("/", headers).Line);
    }

    [Fact]
    public void Refusal_ThatWillPass_IsHttp()
    {
        using var harness = new ProtocolHarness(options => options.Limits.HandshakesPerSecond = 1);
        harness.Open();

        Assert.Equal("HTTP/1.1 503 Service Unavailable", harness.Response("/", Asks).Line);
    }

    [Fact]
    public async Task Refusal_ThatIsFoundOutLater_IsAWebSocketThatClosesAtOnce()
    {
        var judged = new TaskCompletionSource<TokenVerdict>();
        using var harness = new ProtocolHarness(validator: new SlowValidator(judged.Task));
        var (connection, transport) = harness.Request("/", Asks + "Authorization: Bearer x\r\n");
        Assert.Equal(ConnectionState.Admitting, connection.State);

        judged.SetResult(TokenVerdict.Refused(TokenFault.Expired, "the token has expired"));
        await Eventually.TrueAsync(() => connection.State == ConnectionState.Closing && transport.Sent.Length > 0);

        Assert.Equal(((CloseCode)4401, "the token has expired"), ClosePayload.Parse(Taken(transport).Frame));
    }

    [Fact]
    public void Upgrade_OfAClientThatAsksAndIsWelcome_IsAsAlways()
    {
        using var harness = new ProtocolHarness();

        var (connection, transport) = harness.Request("/", Asks);

        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Contains("\r\nSec-WebSocket-Protocol: gateway.v1\r\n", Encoding.ASCII.GetString(transport.Sent), StringComparison.Ordinal);
    }

    private static (string Head, byte[] Frame) Taken(RecordingTransport transport)
    {
        var end = transport.Sent.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.True(FrameHeader.TryDecode(transport.Sent.AsSpan(end), out var header, out var size));
        Assert.Equal(Opcode.Close, header.Opcode);
        return (Encoding.ASCII.GetString(transport.Sent, 0, end), transport.Sent[(end + size)..]);
    }

    private sealed class SlowValidator(Task<TokenVerdict> verdict) : ITokenValidator
    {
        public TimeSpan ClockSkew => TimeSpan.Zero;

        public ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken) => new(verdict);
    }
}
