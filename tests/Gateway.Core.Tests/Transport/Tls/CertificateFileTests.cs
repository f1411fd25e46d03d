using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Options;
using Gateway.Core.Transport.Tls;

namespace Gateway.Core.Tests.Transport.Tls;

public sealed class CertificateFileTests
{
    /// <summary>Editors of some systems put a byte order mark in front of what they save.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void Pem_BehindAByteOrderMark_IsTheSame(string mark)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var folder = Directory.CreateTempSubdirectory("gateway-tests-");
        try
        {
            var options = new CertificateOptions { CertificatePath = Path.Combine(folder.FullName, "tls.crt"), KeyPath = Path.Combine(folder.FullName, "tls.key") };
            File.WriteAllText(options.CertificatePath, mark + certificate.ExportCertificatePem());
            File.WriteAllText(options.KeyPath, mark + key.ExportPkcs8PrivateKeyPem());
            var faults = new List<TlsFault>();

            var loaded = new CertificateFile(options, null, faults).Load(now, null);

            Assert.Empty(faults);
            Assert.Equal(certificate.Thumbprint, loaded!.Context.TargetCertificate.Thumbprint);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
