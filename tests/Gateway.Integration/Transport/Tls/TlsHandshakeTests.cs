using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Transport.Tls;

/// <summary>What is agreed in a TLS handshake, and how one that fails ends.</summary>
public sealed class TlsHandshakeTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshake_EitherVersion_CarriesAnEchoAndItsClose(SslProtocols version)
    {
        await using var server = await TlsNode.StartAsync();
        var client = await WsClient.OpenTlsAsync(server.Node.EndPoint, server.Certificates.Client(protocols: version), "/echo");
        Assert.Equal(version, client.Tls.SslProtocol);

        await client.SendTextAsync("hello");

        var frame = await client.ReceiveAsync();
        Assert.Equal((Opcode.Text, "hello"), (frame!.Value.Opcode, Encoding.UTF8.GetString(frame.Value.Payload)));
        await client.SendAsync(Opcode.Close, [0x03, 0xE8]);
        Assert.Equal((1000, ""), await client.ReceiveCloseAsync());
        Assert.Empty(await client.ReceiveToEndAsync());
        await client.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

#pragma warning disable CA5397, SYSLIB0039 // What is refused must be named.
    [Theory]
    [InlineData("1.2", SslProtocols.Tls11)]
    [InlineData("1.3", SslProtocols.Tls12)]
#pragma warning restore CA5397, SYSLIB0039
    public async Task Handshake_OlderVersionThanTheMinimum_IsRefused(string minimum, SslProtocols version)
    {
        await using var server = await TlsNode.StartAsync((tls, _) => tls.MinimumVersion = minimum);

        await Assert.ThrowsAnyAsync<Exception>(() => WsClient.ConnectTlsAsync(server.Node.EndPoint, server.Certificates.Client(protocols: version)));

        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Alpn_Http11AmongTheOffered_IsChosen()
    {
        await using var server = await TlsNode.StartAsync();
        var options = server.Certificates.Client();
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

        await using var client = await WsClient.OpenTlsAsync(server.Node.EndPoint, options, "/echo");

        Assert.Equal(SslApplicationProtocol.Http11, client.Tls.NegotiatedApplicationProtocol);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Alpn_OnlyHttp2Offered_IsRefusedWithAnAlert(SslProtocols version)
    {
        await using var server = await TlsNode.StartAsync();
        var options = server.Certificates.Client(protocols: version);
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];

        var refusal = await Assert.ThrowsAsync<AuthenticationException>(() => WsClient.ConnectTlsAsync(server.Node.EndPoint, options));

        Assert.Contains("alert no application protocol", refusal.InnerException!.ToString(), StringComparison.Ordinal);
        await server.Node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("a.example", "a.example")]
    [InlineData("A.EXAMPLE", "a.example")]
    [InlineData("b.wild.example", "*.wild.example")]
    [InlineData("c.b.wild.example", "localhost")]
    [InlineData("given.example", "other")]
    [InlineData("other", "localhost")]
    [InlineData("", "localhost")]
    public async Task Sni_Host_DecidesTheCertificate(string host, string expected)
    {
        await using var server = await TlsNode.StartAsync((tls, certificates) =>
        {
            Add(tls, certificates.Issue("a.example"), "");
            Add(tls, certificates.Issue("*.wild.example"), "");
            Add(tls, certificates.Issue("other"), "given.example, more.example");
        });
        var options = server.Certificates.Client(host);
        var seen = "";
        options.CertificateChainPolicy = null;
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            seen = ((X509Certificate2)certificate!).GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            return seen.Length > 0;
        };

        await using var client = await WsClient.ConnectTlsAsync(server.Node.EndPoint, options);

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p\"ass word")]
    public async Task Pfx_WithAndWithoutAPassword_IsServed(string password)
    {
        await using var server = await TlsNode.StartAsync((tls, certificates) =>
        {
            using var certificate = certificates.IssueCertificate(["localhost"]);
            tls.CertificatePath = certificates.Write("own.pfx", certificate.Export(X509ContentType.Pkcs12, password));
            tls.KeyPath = "";
            tls.Password = password;
        });

        await using var client = await server.OpenAsync();

        Assert.NotNull(client.Tls.RemoteCertificate);
    }

    [Fact]
    public async Task Pem_KeyInTheCertificatesFile_IsServed()
    {
        await using var server = await TlsNode.StartAsync((tls, certificates) =>
        {
            tls.CertificatePath = certificates.Write("both.pem", File.ReadAllText(tls.CertificatePath) + "\n" + File.ReadAllText(tls.KeyPath));
            tls.KeyPath = "";
        });

        await using var client = await server.OpenAsync();
    }

    [Fact]
    public async Task Pem_EncryptedKey_IsServed()
    {
        await using var server = await TlsNode.StartAsync((tls, certificates) =>
        {
            using var certificate = certificates.IssueCertificate(["localhost"]);
            using var key = certificate.GetECDsaPrivateKey()!;
            tls.CertificatePath = certificates.Write("locked.pem", certificate.ExportCertificatePem());
            tls.KeyPath = certificates.Write("locked.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
            tls.Password = "secret";
        });

        await using var client = await server.OpenAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, ClientCertificateMode.Optional, "none", true)]
    [InlineData(SslProtocols.Tls13, ClientCertificateMode.Optional, "none", true)]
    [InlineData(SslProtocols.Tls12, ClientCertificateMode.Required, "none", false)]
    [InlineData(SslProtocols.Tls13, ClientCertificateMode.Required, "none", false)]
    [InlineData(SslProtocols.Tls12, ClientCertificateMode.Required, "good", true)]
    [InlineData(SslProtocols.Tls13, ClientCertificateMode.Required, "good", true)]
    [InlineData(SslProtocols.Tls13, ClientCertificateMode.Required, "strange", false)]
    [InlineData(SslProtocols.Tls12, ClientCertificateMode.Optional, "strange", false)]
    [InlineData(SslProtocols.Tls13, ClientCertificateMode.Optional, "expired", false)]
    [InlineData(SslProtocols.Tls13, ClientCertificateMode.Optional, "server", false)]
    [InlineData(SslProtocols.Tls13, ClientCertificateMode.None, "strange", true)]
    public async Task ClientCertificate_ByMode_IsJudged(SslProtocols version, ClientCertificateMode mode, string kind, bool isLetIn)
    {
        await using var server = await TlsNode.StartAsync((tls, certificates) =>
        {
            tls.ClientCertificates = mode;
            tls.ClientCaPath = mode == ClientCertificateMode.None ? "" : certificates.CaPath;
        });
        using var strangers = new TestCertificates();
        using var certificate = kind switch
        {
            "good" => server.Certificates.IssueCertificate(["client"], isForClients: true),
            "strange" => strangers.IssueCertificate(["client"], isForClients: true),
            "expired" => server.Certificates.IssueCertificate(["client"], TimeSpan.FromDays(-2), TimeSpan.FromDays(-1), isForClients: true),
            "server" => server.Certificates.IssueCertificate(["client"]),
            _ => null,
        };
        var options = server.Certificates.Client(protocols: version);
        options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!;

        var attempt = await Record.ExceptionAsync(async () =>
        {
            await using var client = await WsClient.OpenTlsAsync(server.Node.EndPoint, options, "/echo");
        });

        Assert.Equal(isLetIn, attempt is null);
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Plain_HttpOnTheTlsPort_IsAnsweredInHttp()
    {
        await using var server = await TlsNode.StartAsync();
        await using var client = await server.ConnectPlainAsync();

        await client.SendRawAsync(WsClient.UpgradeRequest("/echo"));

        Assert.StartsWith("HTTP/1.1 400 ", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
        Assert.Contains("wss://", Encoding.UTF8.GetString(await client.ReceiveToEndAsync()), StringComparison.Ordinal);
        client.Socket.Shutdown(SocketShutdown.Send);
        await server.Node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("00")]
    [InlineData("ffffffffffffffff")]
    [InlineData("1603010005")]
    [InlineData("16030100050100000100")]
    [InlineData("160301ffff0100")]
    [InlineData("1603030004deadbeef")]
    public async Task Garbage_ThenTheEnd_LeavesNothingBehind(string hex)
    {
        await using var server = await TlsNode.StartAsync();
        await using var client = await server.ConnectPlainAsync();

        await client.SendRawAsync(Convert.FromHexString(hex));
        client.Socket.Shutdown(SocketShutdown.Send);

        await client.ReceiveToEndAsync();
        await server.Node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Handshake_RandomBytesAfterTheHello_NeverHarm()
    {
        await using var server = await TlsNode.StartAsync();
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            await using var client = await server.ConnectPlainAsync();
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            bytes[0] = 22;
            await client.SendRawAsync(bytes);
            client.Socket.Shutdown(SocketShutdown.Send);
            await client.ReceiveToEndAsync();
        }

        await server.Node.ReturnsToBaselineAsync();
        await using var still = await server.OpenAsync();
    }

    private static void Add(EndpointTlsOptions tls, (string CertificatePath, string KeyPath) files, string hostNames) =>
        tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = files.CertificatePath, KeyPath = files.KeyPath, HostNames = hostNames });
}
