using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Transport.Tls;

/// <summary>Certificates are replaced while clients are connected.</summary>
public sealed class TlsReloadTests
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Files_Replaced_ServeNewConnectionsAndDropNone()
    {
        await using var server = await TlsNode.StartAsync(time: _time);
        await using var old = await server.OpenAsync();
        var before = Serial(old);

        Replace(server);
        Tick();
        await using var renewed = await server.OpenAsync();

        Assert.NotEqual(before, Serial(renewed));
        await old.SendTextAsync("still here");
        Assert.NotNull(await old.ReceiveAsync());
        Assert.Contains(server.Node.Logs.Lines, line => line.Level == LogLevel.Information && line.Message.Contains("have been read anew", StringComparison.Ordinal));
    }

    /// <summary>As a kubelet does it: the files are links through ..data, and ..data is renamed over.</summary>
    [Fact]
    public async Task Secret_SwappedByItsSymlink_IsSeen()
    {
        await using var server = await TlsNode.StartAsync(
            (tls, certificates) =>
            {
                Directory.CreateDirectory(Path.Combine(certificates.Folder, "secret"));
                MakeVersion(certificates, "..1");
                Directory.CreateSymbolicLink(Path.Combine(certificates.Folder, "secret", "..data"), "..1");
                tls.CertificatePath = Link(certificates, "tls.crt");
                tls.KeyPath = Link(certificates, "tls.key");
            },
            time: _time);
        await using var old = await server.OpenAsync();

        MakeVersion(server.Certificates, "..2");
        var folder = Path.Combine(server.Certificates.Folder, "secret");
        Directory.CreateSymbolicLink(Path.Combine(folder, "..data_tmp"), "..2");
        await Tool.RunAsync("mv", "", "-T", Path.Combine(folder, "..data_tmp"), Path.Combine(folder, "..data"));
        Directory.Delete(Path.Combine(folder, "..1"), recursive: true);
        Tick();

        await using var renewed = await server.OpenAsync();
        Assert.NotEqual(Serial(old), Serial(renewed));
    }

    [Theory]
    [InlineData("garbage", "holds no certificate")]
    [InlineData("mismatch", "is not the key")]
    [InlineData("expired", "expired")]
    [InlineData("missing", "does not exist")]
    public async Task Files_ReplacedByBadOnes_KeepTheOldAndSaySo(string kind, string problem)
    {
        await using var server = await TlsNode.StartAsync(time: _time);
        var counted = new CounterReading(server.Node.Metrics.TlsReloads);
        await using var old = await server.OpenAsync();

        Spoil(server.Certificates, kind);
        Tick();

        await using var next = await server.OpenAsync();
        Assert.Equal(Serial(old), Serial(next));
        var error = Assert.Single(server.Node.Logs.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("Gateway:Endpoints:0:Tls", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, counted.Value);

        // It is said once, not at every look.
        Tick();
        Assert.Equal(1, counted.Value);

        Replace(server);
        Tick();
        await using var healed = await server.OpenAsync();
        Assert.NotEqual(Serial(old), Serial(healed));
    }

    [Fact]
    public async Task NamedCertificate_Replaced_IsServedForItsName()
    {
        await using var server = await TlsNode.StartAsync(
            (tls, certificates) =>
            {
                var (certificate, key) = certificates.Issue("a.example");
                tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = certificate, KeyPath = key });
            },
            time: _time);
        await using var old = await WsClient.ConnectTlsAsync(server.Node.EndPoint, server.Certificates.Client("a.example"));

        using var renewed = server.Certificates.IssueCertificate(["a.example"]);
        server.Certificates.WritePair("certificate2", renewed);
        Tick();

        await using var next = await WsClient.ConnectTlsAsync(server.Node.EndPoint, server.Certificates.Client("a.example"));
        Assert.Equal(renewed.SerialNumber, Serial(next));
    }

    [Theory]
    [InlineData(-3, -2, "expired at")]
    [InlineData(2, 3, "is not valid before")]
    public async Task Start_OneOfSeveralIsNotValidNow_ServesTheOthersAndSaysSo(int from, int to, string problem)
    {
        await using var server = await TlsNode.StartAsync(
            (tls, certificates) =>
            {
                using var invalid = certificates.IssueCertificate(["a.example"], TimeSpan.FromDays(from), TimeSpan.FromDays(to));
                var (certificate, key) = certificates.WritePair("invalid", invalid);
                tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = certificate, KeyPath = key });
            },
            time: _time);

        await using var client = await server.OpenAsync();

        var error = Assert.Single(server.Node.Logs.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains("Gateway:Endpoints:0:Tls:Certificates:0:CertificatePath", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        // Its own clients are told the truth, and not another host's name.
        await Assert.ThrowsAnyAsync<System.Security.Authentication.AuthenticationException>(() => WsClient.ConnectTlsAsync(server.Node.EndPoint, server.Certificates.Client("a.example")));
    }

    [Fact]
    public async Task NamedCertificate_ReplacedByAnExpiredOne_KeepsTheOld()
    {
        await using var server = await TlsNode.StartAsync(
            (tls, certificates) =>
            {
                var (certificate, key) = certificates.Issue("a.example");
                tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = certificate, KeyPath = key });
            },
            time: _time);

        using var expired = server.Certificates.IssueCertificate(["a.example"], TimeSpan.FromDays(-3), TimeSpan.FromDays(-2));
        server.Certificates.WritePair("certificate2", expired);
        Tick();

        await using var next = await WsClient.ConnectTlsAsync(server.Node.EndPoint, server.Certificates.Client("a.example"));
        Assert.NotEqual(expired.SerialNumber, Serial(next));
        Assert.Contains("expired at", Assert.Single(server.Node.Logs.Lines, line => line.Level == LogLevel.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renewal_BesideANamedCertificateThatIsNotValidYet_IsServed()
    {
        await using var server = await TlsNode.StartAsync(
            (tls, certificates) =>
            {
                using var early = certificates.IssueCertificate(["a.example"], TimeSpan.FromDays(2), TimeSpan.FromDays(3));
                var (certificate, key) = certificates.WritePair("early", early);
                tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = certificate, KeyPath = key });
            },
            time: _time);
        await using var old = await server.OpenAsync();

        Replace(server);
        Tick();

        await using var renewed = await server.OpenAsync();
        Assert.NotEqual(Serial(old), Serial(renewed));
    }

    [Fact]
    public async Task OnlyCertificate_ReplacedByOneThatBeginsLater_IsServedFromThen()
    {
        await using var server = await TlsNode.StartAsync(time: _time);
        await using var old = await server.OpenAsync();
        using var later = server.Certificates.IssueCertificate(["localhost"], TimeSpan.FromHours(1), TimeSpan.FromDays(2));
        server.Certificates.WritePair("certificate1", later);
        Tick();
        await using var meanwhile = await server.OpenAsync();
        Assert.Equal(Serial(old), Serial(meanwhile));
        Assert.Contains("is not valid before", Assert.Single(server.Node.Logs.Lines, line => line.Level == LogLevel.Error).Message, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromHours(2));

        // The client's clock is the real one, for which it begins in an hour.
        Assert.Single(server.Node.Logs.Lines, line => line.Message.Contains("have been read anew", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NamedCertificate_ReplacedByOneThatBeginsLater_IsServedFromThen()
    {
        await using var server = await TlsNode.StartAsync(
            (tls, certificates) =>
            {
                var (certificate, key) = certificates.Issue("a.example");
                tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = certificate, KeyPath = key });
            },
            time: _time);
        using var later = server.Certificates.IssueCertificate(["a.example"], TimeSpan.FromHours(1), TimeSpan.FromDays(2));
        server.Certificates.WritePair("certificate2", later);
        Tick();
        Tick();
        Assert.Contains("is not valid before", Assert.Single(server.Node.Logs.Lines, line => line.Level == LogLevel.Error).Message, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromHours(2));

        Assert.Single(server.Node.Logs.Lines, line => line.Message.Contains("have been read anew", StringComparison.Ordinal));
        Assert.Single(server.Node.Logs.Lines, line => line.Level == LogLevel.Error);
    }

    /// <summary>The endpoint's own is renewed, and the named one's file is an expired one: none is taken up until that is no worse than what is served.</summary>
    [Fact]
    public async Task Files_WorseThanThoseServed_AreServedFromWhenTheyAreNot()
    {
        await using var server = await TlsNode.StartAsync(
            (tls, certificates) =>
            {
                using var soon = certificates.IssueCertificate(["a.example"], TimeSpan.FromHours(-1), TimeSpan.FromHours(1));
                var (certificate, key) = certificates.WritePair("named", soon);
                tls.Certificates.Add(new NamedCertificateOptions { CertificatePath = certificate, KeyPath = key });
            },
            time: _time);
        await using var old = await server.OpenAsync();
        using var expired = server.Certificates.IssueCertificate(["a.example"], TimeSpan.FromDays(-3), TimeSpan.FromDays(-2));
        server.Certificates.WritePair("named", expired);
        Replace(server);
        Tick();
        await using var meanwhile = await server.OpenAsync();
        Assert.Equal(Serial(old), Serial(meanwhile));

        _time.Advance(TimeSpan.FromHours(2));

        await using var renewed = await server.OpenAsync();
        Assert.NotEqual(Serial(old), Serial(renewed));
    }

    [Fact]
    public async Task Expiry_OfACertificate_IsAGauge()
    {
        await using var server = await TlsNode.StartAsync(time: _time);

        // Issued for twelve hours from the test's start on.
        Assert.InRange(GaugeReading.Sum(server.Node.Metrics.Meter, "gateway.tls.certificate.expiry"), 39_600, 43_200);
        _time.Advance(TimeSpan.FromHours(13));
        Assert.InRange(GaugeReading.Sum(server.Node.Metrics.Meter, "gateway.tls.certificate.expiry"), -7200, 0);
    }

    private void Tick() => _time.Advance(TimeSpan.FromSeconds(10));

    private static void Replace(TlsNode server)
    {
        using var certificate = server.Certificates.IssueCertificate(["localhost"]);
        server.Certificates.WritePair("certificate1", certificate);
    }

    private static void Spoil(TestCertificates certificates, string kind)
    {
        using var strange = certificates.IssueCertificate(["localhost"], TimeSpan.FromDays(-2), TimeSpan.FromDays(-1));
        switch (kind)
        {
            case "garbage":
                File.WriteAllText(certificates.CertificatePath, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
                break;
            case "mismatch":
                using (var other = certificates.IssueCertificate(["localhost"]))
                    File.WriteAllText(certificates.CertificatePath, other.ExportCertificatePem());
                break;
            case "expired":
                certificates.WritePair("certificate1", strange);
                break;
            default:
                File.Delete(certificates.KeyPath);
                break;
        }
    }

    private static void MakeVersion(TestCertificates certificates, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(certificates.Folder, "secret", name)).FullName;
        var (certificate, key) = certificates.Issue("localhost");
        File.Copy(certificate, Path.Combine(folder, "tls.crt"));
        File.Copy(key, Path.Combine(folder, "tls.key"));
    }

    private static string Link(TestCertificates certificates, string file)
    {
        var path = Path.Combine(certificates.Folder, "secret", file);
        File.CreateSymbolicLink(path, Path.Combine("..data", file));
        return path;
    }

    private static string Serial(WsClient client) => ((X509Certificate2)client.Tls.RemoteCertificate!).SerialNumber;
}
