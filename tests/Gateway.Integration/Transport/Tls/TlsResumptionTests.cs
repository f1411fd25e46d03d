using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Transport.Tls;

/// <summary>Clients that come back spare themselves and the node a full handshake: RFC 8446 §2.2, RFC 5077. With openssl as the client.</summary>
public sealed class TlsResumptionTests
{
    public static readonly TheoryData<string, string> Versions = new() { { "-tls1_2", "TLSv1.2" }, { "-tls1_3", "TLSv1.3" } };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Session_UsedAgain_IsResumed(string option, string version)
    {
        await using var server = await TlsNode.StartAsync();

        Assert.Equal($"New, {version}", await ConnectAsync(server, option, saveAs: "first"));
        Assert.Equal($"Reused, {version}", await ConnectAsync(server, option, use: "first"));
    }

    /// <summary>RFC 8446 appendix C.4: clients use a ticket once, so a resumed session has to bring the next.</summary>
    [Fact]
    public async Task Session_ResumedInTls13_BringsATicketOfItsOwn()
    {
        await using var server = await TlsNode.StartAsync();
        await ConnectAsync(server, "-tls1_3", saveAs: "first");

        Assert.Equal("Reused, TLSv1.3", await ConnectAsync(server, "-tls1_3", use: "first", saveAs: "second"));
        Assert.Equal("Reused, TLSv1.3", await ConnectAsync(server, "-tls1_3", use: "second"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Session_WithARequiredClientCertificate_IsResumed(string option, string version)
    {
        await using var server = await TlsNode.StartAsync((tls, certificates) =>
            (tls.ClientCertificates, tls.ClientCaPath) = (ClientCertificateMode.Required, certificates.CaPath));
        var (certificate, key) = server.Certificates.Issue("client");

        Assert.Equal($"New, {version}", await ConnectAsync(server, option, saveAs: "first", more: ["-cert", certificate, "-key", key]));
        Assert.Equal($"Reused, {version}", await ConnectAsync(server, option, use: "first", more: ["-cert", certificate, "-key", key]));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Session_OfARenewedCertificate_BeginsAnew(string option, string version)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TlsNode.StartAsync(time: time);
        await ConnectAsync(server, option, saveAs: "old");

        using var renewed = server.Certificates.IssueCertificate(["localhost"]);
        server.Certificates.WritePair("certificate1", renewed);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal($"New, {version}", await ConnectAsync(server, option, use: "old", saveAs: "new"));
        Assert.Equal($"Reused, {version}", await ConnectAsync(server, option, use: "new"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Session_OfAnotherHostName_BeginsAnew(string option, string version)
    {
        await using var server = await TlsNode.StartAsync((tls, certificates) =>
        {
            var (certificate, key) = certificates.Issue("other.example");
            tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = certificate, KeyPath = key });
        });
        await ConnectAsync(server, option, saveAs: "localhost");

        Assert.Equal($"New, {version}", await ConnectAsync(server, option, "other.example", use: "localhost"));
    }

    /// <summary>A connection up to the HTTP response, with which a ticket of TLS 1.3 has come too. Returns how the handshake went.</summary>
    private static async Task<string> ConnectAsync(
        TlsNode server, string option, string host = "localhost", string? use = null, string? saveAs = null, string[]? more = null)
    {
        string Path(string session) => System.IO.Path.Combine(server.Certificates.Folder, session + ".session");

        var output = await Tool.RunAsync(
            "openssl", WsClient.UpgradeRequest("/nowhere"),
            [
                "s_client", option, "-connect", server.Node.EndPoint.ToString(), "-servername", host, "-CAfile", server.Certificates.CaPath, "-ign_eof",
                .. use is null ? (string[])[] : ["-sess_in", Path(use)],
                .. saveAs is null ? (string[])[] : ["-sess_out", Path(saveAs)],
                .. more ?? [],
            ]);

        Assert.Contains("HTTP/1.1 404", output, StringComparison.Ordinal);
        var line = Assert.Single(output.Split('\n'), line => line.StartsWith("New, ", StringComparison.Ordinal) || line.StartsWith("Reused, ", StringComparison.Ordinal));
        return line[..line.IndexOf(", Cipher", StringComparison.Ordinal)];
    }
}
