using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// What TLS towards Redis means, said once for both of the node's links to it. A connection string cannot name an authority or a
/// client's certificate, hence the options of our own.
/// </summary>
internal sealed class RedisTls
{
    private readonly string? _host;
    private readonly SslProtocols _protocols;
    private readonly X509RevocationMode _revocation;
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509CertificateCollection? _certificates;

    public RedisTls(RedisOptions options, ConfigurationOptions configuration)
    {
        _host = configuration.SslHost;
        _protocols = configuration.SslProtocols ?? SslProtocols.None;
        // A private authority publishes no revocations, and an answer that cannot be had counts as a refusal.
        _revocation = configuration.CheckCertificateRevocation && options.CaPath.Length == 0
            ? X509RevocationMode.Online
            : X509RevocationMode.NoCheck;
        if (options.CaPath.Length > 0)
        {
            _authorities = [];
            _authorities.ImportFromPemFile(options.CaPath);
        }

        if (options.CertificatePath.Length > 0)
        {
            var key = options.KeyPath.Length > 0 ? options.KeyPath : null;
            _certificates = [X509Certificate2.CreateFromPemFile(options.CertificatePath, key)];
        }
    }

    /// <summary>For a handshake with <paramref name="host"/>, unless the connection string's <c>sslHost</c> says another name.</summary>
    public SslClientAuthenticationOptions Options(string host) => new()
    {
        TargetHost = string.IsNullOrWhiteSpace(_host) ? host : _host,
        EnabledSslProtocols = _protocols,
        ClientCertificates = _certificates,
        CertificateRevocationCheckMode = _revocation,
        CertificateChainPolicy = _authorities is null ? null : ChainPolicy(_authorities),
    };

    private X509ChainPolicy ChainPolicy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = _revocation };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
