using System.Net.Security;
using System.Security.Authentication;
using Gateway.Core.Options;

namespace Gateway.Core.Transport.Tls;

/// <summary>The certificates of an endpoint as they were when their files were last read, by the host names they serve.</summary>
internal sealed class CertificateSet
{
    private readonly SslServerAuthenticationOptions _own;
    private readonly Dictionary<string, SslServerAuthenticationOptions> _byName = new(StringComparer.OrdinalIgnoreCase);

    private CertificateSet(SslServerAuthenticationOptions own) => _own = own;

    /// <summary>When each expires, the endpoint's own first.</summary>
    public IReadOnlyList<DateTimeOffset> Expiries { get; private init; } = [];

    private IReadOnlyList<DateTimeOffset> Beginnings { get; init; } = [];

    /// <summary>Whether one of them at least is valid at a time: an endpoint that has none of these does not start.</summary>
    public bool IsServable(DateTimeOffset time) => InvalidAt(time) < Expiries.Count;

    /// <summary>How many of them are not valid at a time.</summary>
    public int InvalidAt(DateTimeOffset time) => Expiries.Zip(Beginnings).Count(certificate => time >= certificate.First || time < certificate.Second);

    /// <summary>When the next of them begins or ends to be valid; null: none will.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset after) => Beginnings.Concat(Expiries).Where(time => time > after).Select(time => (DateTimeOffset?)time).Min();

    /// <summary>What was not valid when they were read. Beside others it is served all the same: those have their clients, and its own are told the truth.</summary>
    public IReadOnlyList<TlsFault> Invalid { get; private init; } = [];

    /// <summary>Null: something is wrong with the files or options, and the faults say what, all of it. Whether they are valid now, the set says.</summary>
    public static CertificateSet? Load(EndpointTlsOptions options, DateTimeOffset now, List<TlsFault> faults)
    {
        var clients = ClientCertificates.Load(options, faults);
        var own = new CertificateFile(options, index: null, faults).Load(now, clients?.Trust);
        var named = options.Certificates
            .Select((certificate, index) => (Options: certificate, Index: index, Loaded: new CertificateFile(certificate, index, faults).Load(now, clients?.Trust)))
            .ToList();
        foreach (var (certificate, index, loaded) in named)
        {
            if (loaded is not null && HostNames(certificate, loaded).Count == 0)
                faults.Add(new TlsFault(nameof(certificate.HostNames), index, "", "is empty, and the certificate holds no DNS name.", "Set the host names that it serves."));
        }

        var invalid = named.Select(certificate => certificate.Loaded?.Invalid).Prepend(own?.Invalid).OfType<TlsFault>().ToList();
        if (faults.Count > 0)
        {
            faults.AddRange(invalid);
            return null;
        }

        var set = new CertificateSet(ServerOptions(options, own!, clients))
        {
            Expiries = [own!.NotAfter, .. named.Select(certificate => certificate.Loaded!.NotAfter)],
            Beginnings = [own.NotBefore, .. named.Select(certificate => certificate.Loaded!.NotBefore)],
            Invalid = invalid,
        };
        foreach (var (certificate, _, loaded) in named)
        {
            var served = ServerOptions(options, loaded!, clients);
            foreach (var name in HostNames(certificate, loaded!))
                set._byName.TryAdd(name, served); // the first that has a name serves it
        }

        return set;
    }

    /// <summary>As <see cref="Load"/>; null also where none of them is valid now, which is a fault of each then.</summary>
    public static CertificateSet? LoadServable(EndpointTlsOptions options, DateTimeOffset now, List<TlsFault> faults)
    {
        var set = Load(options, now, faults);
        if (set is null || set.IsServable(now))
            return set;
        faults.AddRange(set.Invalid);
        return null;
    }

    /// <summary>
    /// By the client's server_name, RFC 6066 §3: the certificate with that name, else the one with a wildcard for its first label
    /// (RFC 6125 §6.4.3), else the endpoint's own.
    /// </summary>
    public SslServerAuthenticationOptions Select(string? serverName)
    {
        if (string.IsNullOrEmpty(serverName) || _byName.Count == 0)
            return _own;
        if (_byName.TryGetValue(serverName, out var exact))
            return exact;
        var dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue(string.Concat("*", serverName.AsSpan(dot)), out var wildcard) ? wildcard : _own;
    }

    private static List<string> HostNames(NamedCertificateOptions options, LoadedCertificate loaded) =>
        options.HostNames.Length > 0
            ? [.. options.HostNames.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]
            : [.. loaded.DnsNames];

    private static SslServerAuthenticationOptions ServerOptions(EndpointTlsOptions options, LoadedCertificate certificate, ClientCertificates? clients)
    {
        var server = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Context,
            // RFC 8996: nothing older.
            EnabledSslProtocols = options.MinimumVersion == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            // RFC 7301 §3.2: a client that offers protocols, but not this one, is refused with no_application_protocol.
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            // Of TLS 1.2: a client could have the node do a handshake's work over and over on one connection.
            AllowRenegotiation = false,
        };
        clients?.Require(server);
        return server;
    }
}
