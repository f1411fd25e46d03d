using System.Text;
using Gateway.Core.Handshake;

namespace Gateway.Core.Tests.Handshake;

public class UpgradeResponseTests
{
    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")] // RFC 6455 §1.3
    [InlineData("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=")]
    public void AcceptKey_OfAKnownKey_IsTheKnownAnswer(string key, string accept) => Assert.Equal(accept, UpgradeResponse.AcceptKey(key));

    [Fact]
    public void Accept_Plain_HasTheMandatoryHeadersOnly() =>
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
            Encoding.ASCII.GetString(UpgradeResponse.Accept(Example(), null, null)));

    [Fact]
    public void Accept_WithSubprotocolAndExtensions_NamesThem()
    {
        var text = Encoding.ASCII.GetString(UpgradeResponse.Accept(Example(), "chat", "permessage-deflate; server_no_context_takeover"));

        Assert.EndsWith("\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuse_BadRequest_IsAWholeResponse() =>
        Assert.Equal(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\nCache-Control: no-store\r\nConnection: close\r\n\r\nwhy\n",
            Refuse(Refusal.BadRequest("why")));

    [Fact]
    public void Refuse_AtAKnownTime_SaysWhenAsRfc9110Writes() =>
        Assert.Contains(
            "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
            Encoding.ASCII.GetString(UpgradeResponse.Refuse(Refusal.NotFound, new DateTimeOffset(1994, 11, 6, 9, 49, 37, TimeSpan.FromHours(1)))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(false, "page\n")]
    [InlineData(true, "")]
    public void Page_ForGetOrHead_HasTheSameHeadersAndContentForGetOnly(bool isHead, string content)
    {
        var text = Encoding.ASCII.GetString(UpgradeResponse.Page(new HttpPage(200, "text/plain", "page\n"), isHead, DateTimeOffset.UnixEpoch));

        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: close\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + content, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuse_OtherMethod_SaysWhichIsAllowed() => Assert.Contains("\r\nAllow: GET, HEAD\r\n", Refuse(Refusal.MethodNotAllowed), StringComparison.Ordinal);

    [Fact]
    public void Refuse_Head_HasNoBody()
    {
        var (_, refusal, _) = Requests.Read("HEAD / HTTP/1.1\r\nBad Header: a\r\n");
        var text = Refuse(refusal!);

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuse_WithoutUpgradeOrWithAnotherVersion_SaysWhatIsNeeded()
    {
        foreach (var refusal in new[] { Refusal.UpgradeRequired, Refusal.VersionNotSupported })
        {
            var text = Refuse(refusal);
            Assert.StartsWith("HTTP/1.1 426 Upgrade Required\r\n", text, StringComparison.Ordinal);
            Assert.Contains("\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Refuse_WithRetryAfter_SaysWhen() =>
        Assert.Contains("\r\nRetry-After: 7\r\n", Refuse(Refusal.ServiceUnavailable("full", retryAfterSeconds: 7)), StringComparison.Ordinal);

    [Fact]
    public void Refuse_WithAReasonBeyondAscii_CountsItsBytes()
    {
        var text = Refuse(Refusal.BadRequest("ä"));

        Assert.Contains("\r\nContent-Length: 3\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nä\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "Bad Request")]
    [InlineData(401, "Unauthorized")]
    [InlineData(403, "Forbidden")]
    [InlineData(404, "Not Found")]
    [InlineData(408, "Request Timeout")]
    [InlineData(414, "URI Too Long")]
    [InlineData(429, "Too Many Requests")]
    [InlineData(431, "Request Header Fields Too Large")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(503, "Service Unavailable")]
    public void Refuse_OfAStatus_HasItsPhraseAndCloses(int status, string phrase)
    {
        var text = Refuse(new Refusal(status, "why"));

        Assert.StartsWith($"HTTP/1.1 {status} {phrase}\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", text, StringComparison.Ordinal);
    }

    private static string Refuse(Refusal refusal) => Encoding.UTF8.GetString(UpgradeResponse.Refuse(refusal));

    private static UpgradeRequest Example() => Requests.Read(Requests.Example).Request!;
}
