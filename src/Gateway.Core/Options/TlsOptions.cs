using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Core.Options;

/// <summary>What all TLS endpoints of the node share.</summary>
public sealed class TlsOptions
{
    [Description("From the accepted connection to the end of its TLS handshake; then it is cut. As long as the HTTP request may take.")]
    [Duration("00:00:00.100", "00:05:00")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    [Description("TLS handshakes in progress at once; further clients wait for as long as HandshakeTimeout. One in progress holds about 60 KB; a client that has not sent its first record whole is in none.")]
    [Range(1, 1_000_000)]
    public int MaxHandshakes { get; set; } = 1024;

    [Description("Of MaxHandshakes, the most of one address (an IPv6 network of 64 bits is one); those of TrustedProxies have no such limit. Half: who has it leaves as many for the others, and at 200 ms a round trip it is 2,560 clients a second. 0: no limit.")]
    [Range(0, 1_000_000)]
    public int MaxHandshakesPerAddress { get; set; } = 512;

    [Description("How long a client may take to answer in its handshake while few others wait for its place, then it is cut; down to an eighth of it as more wait. Above a slow network's round trip, and so short that who waits is served in time.")]
    [Duration("00:00:00.100", "00:05:00")]
    public TimeSpan CrowdedTimeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("How often certificate files are looked at. A changed file serves new connections from then on; a kubelet takes a minute or so to deliver it.")]
    [Duration("00:00:00.100", "1.00:00:00")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>A certificate and its private key, in files.</summary>
public class CertificateOptions
{
    [Description("PEM file of the certificate, its intermediates after it, or a PFX file with the key in it.")]
    public string CertificatePath { get; set; } = "";

    [Description("PEM file of the certificate's private key. Empty: the key is in the certificate's file.")]
    public string KeyPath { get; set; } = "";

    [Description("Password of the PFX file or of an encrypted key. Empty: none.")]
    [Secret]
    public string Password { get; set; } = "";
}

/// <summary>A further certificate of an endpoint, chosen by the host name that the client asks for.</summary>
public sealed class NamedCertificateOptions : CertificateOptions
{
    [Description("Host names that it serves, with commas between them; *.example.com stands for one label. Empty: the DNS names in the certificate.")]
    public string HostNames { get; set; } = "";
}

/// <summary>Whether clients must show a certificate.</summary>
public enum ClientCertificateMode
{
    /// <summary>They are not asked.</summary>
    None,

    /// <summary>They are asked; one that is shown must be valid.</summary>
    Optional,

    /// <summary>The handshake fails without one.</summary>
    Required,
}

/// <summary>TLS on one endpoint. Without a certificate the endpoint is plain.</summary>
public sealed class EndpointTlsOptions : CertificateOptions
{
    [Description("Further certificates, by the host name that the client asks for; the endpoint's own serves every other name.")]
    public IList<NamedCertificateOptions> Certificates { get; } = [];

    [Description("Whether clients are asked for a certificate: none, optional, required.")]
    public ClientCertificateMode ClientCertificates { get; set; } = ClientCertificateMode.None;

    [Description("PEM file of the authorities that may have issued clients' certificates; there is no other.")]
    public string ClientCaPath { get; set; } = "";

    [Description("The oldest version of TLS that is spoken. RFC 8996 forbids those before 1.2.")]
    [AllowedValues("1.2", "1.3", ErrorMessage = "must be 1.2 or 1.3")]
    public string MinimumVersion { get; set; } = "1.2";

    /// <summary>Whether the endpoint speaks TLS.</summary>
    public bool IsEnabled => CertificatePath.Length > 0;
}
