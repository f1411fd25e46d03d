using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The program itself, with TLS on its endpoint, and the tools that operators try it with.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Tls = "--Gateway:Endpoints:0:Tls:";

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Curl_AskingForAnUpgrade_Gets101()
    {
        await using var host = await StartAsync();

        var output = await Tool.RunAsync(
            "curl", "", "--silent", "--include", "--http1.1", "--insecure", "--max-time", "2", "--no-buffer",
            "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==",
            $"https://{host.EndPoint}/");

        Assert.StartsWith("HTTP/1.1 101 ", output, StringComparison.Ordinal);
        Assert.Contains("HSmrc0sMlYUkAGmm5OPpG2HaGWk=", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_WithTheAuthority_BelievesTheCertificate()
    {
        await using var host = await StartAsync();

        var output = await Tool.RunAsync("curl", "", "--silent", "--include", "--cacert", _certificates.CaPath, $"https://{host.EndPoint}/nowhere");

        Assert.StartsWith("HTTP/1.1 4", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task SClient_EitherVersion_VerifiesAndSeesTheAnswer(string version, string expected)
    {
        await using var host = await StartAsync();

        var output = await Tool.RunAsync(
            "openssl", WsClient.UpgradeRequest("/nowhere"),
            "s_client", version, "-connect", host.EndPoint.ToString(), "-servername", "localhost", "-alpn", "h2,http/1.1", "-CAfile", _certificates.CaPath, "-ign_eof");

        Assert.Contains("Verify return code: 0 (ok)", output, StringComparison.Ordinal);
        Assert.Contains("ALPN protocol: http/1.1", output, StringComparison.Ordinal);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 404", output, StringComparison.Ordinal);
        Assert.Contains("closed", output, StringComparison.Ordinal); // by a close_notify, no error
        Assert.DoesNotContain("unexpected eof", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publication_ByTheApi_ReachesAClientOverTls()
    {
        await using var host = await StartAsync();
        await using var client = await WsClient.OpenTlsAsync(host.EndPoint, _certificates.Client(), "/plain/news");
        await Eventually.TrueAsync(async () => (await host.NodeAsync()).GetProperty("subscriptions").GetInt32() == 1);

        using var answer = await host.PublishAsync("""{"channel":"news","text":"over tls"}""");

        answer.EnsureSuccessStatusCode();
        var frame = await client.ReceiveAsync();
        Assert.Equal((Opcode.Text, "over tls"), (frame!.Value.Opcode, System.Text.Encoding.UTF8.GetString(frame.Value.Payload)));
        Assert.Equal(1, await host.MetricAsync("gateway_tls_handshakes_total"));
        Assert.InRange(await host.MetricAsync("gateway_tls_certificate_expiry_seconds"), 1, 43_200);
    }

    [Fact]
    public async Task SigTerm_WithClientsOverTls_ClosesThemWith1012()
    {
        await using var host = await StartAsync();
        await using var client = await WsClient.OpenTlsAsync(host.EndPoint, _certificates.Client());

        await host.SignalAsync("TERM");

        Assert.Equal(1012, (await client.ReceiveCloseAsync()).Code);
        await client.DisposeAsync();
        Assert.Equal(0, await host.WaitForExitAsync());
    }

    [Fact]
    public async Task Files_Wrong_AreAllReportedAtOnceWith78()
    {
        using var other = _certificates.IssueCertificate(["localhost"]);
        using var expired = _certificates.IssueCertificate(["localhost"], TimeSpan.FromDays(-3), TimeSpan.FromDays(-2));
        using var early = _certificates.IssueCertificate(["localhost"], TimeSpan.FromDays(2), TimeSpan.FromDays(3));
        var (_, otherKey) = _certificates.WritePair("other", other);
        var (expiredPath, expiredKey) = _certificates.WritePair("expired", expired);
        var (earlyPath, earlyKey) = _certificates.WritePair("early", early);

        var (exitCode, output) = await HostProcess.RunAsync(
            "--Gateway:Endpoints:0:Address=127.0.0.1:0",
            $"{Tls}CertificatePath={_certificates.CertificatePath}", $"{Tls}KeyPath={otherKey}", $"{Tls}ClientCertificates=required",
            $"{Tls}Certificates:0:CertificatePath={expiredPath}", $"{Tls}Certificates:0:KeyPath={expiredKey}",
            $"{Tls}Certificates:4:CertificatePath={earlyPath}", $"{Tls}Certificates:4:KeyPath={earlyKey}",
            $"{Tls}Certificates:5:CertificatePath=/nowhere.pem",
            "--Gateway:Endpoints:1:Address=127.0.0.1:0", "--Gateway:Endpoints:1:Tls:KeyPath=/nowhere.pem",
            "--Gateway:Limits:MaxSubscriptions=0");

        Assert.Equal(78, exitCode);
        Assert.Contains($"Gateway:Endpoints:0:Tls:KeyPath = \"{otherKey}\": is not the key of the certificate", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Endpoints:0:Tls:ClientCaPath = \"\": is empty, but ClientCertificates is required", output, StringComparison.Ordinal);
        Assert.Contains($"Gateway:Endpoints:0:Tls:Certificates:0:CertificatePath = \"{expiredPath}\": holds a certificate that expired", output, StringComparison.Ordinal);
        Assert.Contains($"Gateway:Endpoints:0:Tls:Certificates:4:CertificatePath = \"{earlyPath}\": holds a certificate that is not valid before", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Endpoints:0:Tls:Certificates:5:CertificatePath = \"/nowhere.pem\": names a file that does not exist", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Endpoints:1:Tls:CertificatePath = \"\": is empty, although", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Limits:MaxSubscriptions", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_Wrong_IsNotPrinted()
    {
        using var certificate = _certificates.IssueCertificate(["localhost"]);
        var path = _certificates.Write("own.pfx", certificate.Export(X509ContentType.Pkcs12, "right"));

        var (exitCode, output) = await HostProcess.RunAsync($"{Tls}CertificatePath={path}", $"{Tls}Password=wrong-secret");

        Assert.Equal(78, exitCode);
        Assert.Contains("is neither PEM nor a PFX file that Password opens", output, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", output, StringComparison.Ordinal);
    }

    private Task<HostProcess> StartAsync() =>
        HostProcess.StartAsync($"{Tls}CertificatePath={_certificates.CertificatePath}", $"{Tls}KeyPath={_certificates.KeyPath}");
}
