using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Integration.Fixtures;

/// <summary>An authority and the certificates that it issues, as PEM files in a folder that goes when this does. One is for loopback.</summary>
public sealed class TestCertificates : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-tests-");
    private readonly X509Certificate2 _ca;
    private int _issued;

    public TestCertificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=Gateway test authority", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        caRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _ca = caRequest.CreateSelfSigned(now.AddDays(-10), now.AddDays(10));
        CaPath = Write("ca.pem", _ca.ExportCertificatePem());
        (CertificatePath, KeyPath) = Issue("localhost");
    }

    public string CaPath { get; }

    public string CertificatePath { get; }

    public string KeyPath { get; }

    /// <summary>The folder of the files.</summary>
    public string Folder => _folder.FullName;

    /// <summary>A certificate for these names, and for loopback by address, for both sides of a connection.</summary>
    public (string CertificatePath, string KeyPath) Issue(params string[] names)
    {
        using var certificate = IssueCertificate(names, null, null, [ServerAuthentication, ClientAuthentication]);
        return WritePair($"certificate{++_issued}", certificate);
    }

    /// <summary>With its key; valid from yesterday on for a day and a half unless told otherwise.</summary>
    public X509Certificate2 IssueCertificate(string[] names, TimeSpan? validFrom = null, TimeSpan? validTo = null, bool isForClients = false) =>
        IssueCertificate(names, validFrom, validTo, [isForClients ? ClientAuthentication : ServerAuthentication]);

    private X509Certificate2 IssueCertificate(string[] names, TimeSpan? validFrom, TimeSpan? validTo, OidCollection uses)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        alternatives.AddIpAddress(IPAddress.Loopback);
        alternatives.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, false));
        using var issued = request.Create(_ca, now + (validFrom ?? TimeSpan.FromDays(-1)), now + (validTo ?? TimeSpan.FromHours(12)), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate with its key as two PEM files.</summary>
    public (string CertificatePath, string KeyPath) WritePair(string name, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return (Write(name + ".pem", certificate.ExportCertificatePem()), Write(name + ".key.pem", key.ExportPkcs8PrivateKeyPem()));
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>A client that believes this authority, and asks for this host.</summary>
    public SslClientAuthenticationOptions Client(string host = "localhost", SslProtocols protocols = SslProtocols.None)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_ca);
        return new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy, EnabledSslProtocols = protocols };
    }

    public void Dispose()
    {
        _ca.Dispose();
        _folder.Delete(recursive: true);
    }
}
