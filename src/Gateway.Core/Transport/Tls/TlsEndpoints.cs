using Gateway.Core.Options;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport.Tls;

/// <summary>What the node's TLS endpoints share, and what makes one of an endpoint's options.</summary>
internal sealed class TlsEndpoints : IDisposable
{
    // TLS has no other word for "not now".
    private static readonly byte[] InternalErrorAlert = TlsRecord.FatalAlert(TlsRecord.InternalError);

    private readonly GatewayOptions _options;
    private readonly TransportContext _context;
    private readonly ITransportAcceptor _acceptor;
    private readonly ConnectionSlots _slots;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TlsHandshakes _handshakes;
    private readonly List<ServerCertificates> _certificates = [];

    /// <param name="options">The node's options.</param>
    /// <param name="context">What the node's transports share.</param>
    /// <param name="acceptor">Takes clients in after their handshake.</param>
    /// <param name="slots">The node's places for connections.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <param name="farewells">Places for refused clients, which it shares with the plain endpoints.</param>
    public TlsEndpoints(
        GatewayOptions options, TransportContext context, ITransportAcceptor acceptor, ConnectionSlots slots, TimeProvider time, ILogger log, FarewellPlaces farewells)
    {
        (_options, _context, _acceptor, _slots, _time, _log) = (options, context, acceptor, slots, time, log);
        _handshakes = new TlsHandshakes(options, context.Metrics, time, log);
        context.TlsHandshakes = _handshakes;
        Overflow = new Overflow(InternalErrorAlert, options.Transport, context.Metrics, time, farewells);
        context.Metrics.Meter.CreateObservableGauge(
            "gateway.tls.certificate.expiry", () => _certificates.SelectMany(certificates => certificates.SecondsToExpiry), "s", "Time until a certificate expires, by endpoint and certificate; negative afterwards.");
    }

    /// <summary>Tells clients above the maximum of connections so, in TLS.</summary>
    public Overflow Overflow { get; }

    /// <summary>Handshakes that are not over.</summary>
    public TlsHandshakes Handshakes => _handshakes;

    /// <param name="endpoint">An endpoint's TLS options.</param>
    /// <param name="option">Where they stand, for messages.</param>
    /// <param name="plainHttpAnswer">The whole HTTP response for a client that speaks HTTP without TLS.</param>
    /// <exception cref="ListenException">Its certificates cannot be used.</exception>
    public ITransportAcceptor Acceptor(EndpointTlsOptions endpoint, string option, byte[] plainHttpAnswer)
    {
        var certificates = new ServerCertificates(endpoint, option, _options.Tls.ReloadInterval, _context.Metrics, _time, _log);
        _certificates.Add(certificates);
        return new TlsAcceptor(_acceptor, certificates, _handshakes, _slots, _context, plainHttpAnswer);
    }

    public void Dispose()
    {
        _handshakes.Dispose();
        Overflow.Dispose();
        foreach (var certificates in _certificates)
            certificates.Dispose();
    }
}
