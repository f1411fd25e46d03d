using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Options;

namespace Gateway.Core.Transport.Tls;

/// <summary>Whom an endpoint believes to have issued its clients' certificates.</summary>
internal sealed class ClientCertificates
{
    // id-kp-clientAuth, RFC 5280 §4.2.1.12
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection _authorities;
    private readonly bool _isRequired;

    private ClientCertificates(X509Certificate2Collection authorities, bool isRequired)
    {
        (_authorities, _isRequired) = (authorities, isRequired);
        Trust = SslCertificateTrust.CreateForX509Collection(authorities, sendTrustInHandshake: true);
    }

    /// <summary>The authorities' names are sent, so that a browser with several certificates offers the right ones.</summary>
    public SslCertificateTrust Trust { get; }

    /// <summary>Null: clients are not asked for a certificate, or something is wrong.</summary>
    public static ClientCertificates? Load(EndpointTlsOptions options, List<TlsFault> faults)
    {
        if (options.ClientCertificates == ClientCertificateMode.None)
        {
            if (options.ClientCaPath.Length > 0)
                Fault("has no effect while ClientCertificates is none.", "Set ClientCertificates to optional or required, or leave this empty.");
            return null;
        }

        if (options.ClientCaPath.Length == 0)
        {
            Fault($"is empty, but ClientCertificates is {options.ClientCertificates.ToString().ToLowerInvariant()}.", "Name the PEM file of the authorities that issue clients' certificates.");
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(options.ClientCaPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Fault($"cannot be read: {e.Message}", "Name a PEM file of certificates, and mend what the reason names: the file's rights, its disk, or the limit of descriptors.");
            return null;
        }

        if (authorities.Count > 0)
            return new ClientCertificates(authorities, options.ClientCertificates == ClientCertificateMode.Required);
        Fault("holds no certificate.", "Name the file with the lines BEGIN CERTIFICATE.");
        return null;

        void Fault(string problem, string remedy) =>
            faults.Add(new TlsFault(nameof(options.ClientCaPath), null, options.ClientCaPath, problem, remedy));
    }

    public void Require(SslServerAuthenticationOptions server)
    {
        // "Required" only has the client asked; what comes back is judged here.
        server.ClientCertificateRequired = true;
        server.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // A private authority publishes no revocations, and nothing may be fetched within a handshake.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { ClientAuthentication },
        };
        server.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        server.RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is null ? !_isRequired : errors == SslPolicyErrors.None;
    }
}
