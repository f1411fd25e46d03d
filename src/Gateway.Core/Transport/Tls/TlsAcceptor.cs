using System.Net.Security;

namespace Gateway.Core.Transport.Tls;

/// <summary>Takes the clients of a TLS endpoint in: between the socket and the connection it puts a <see cref="TlsTransport"/>.</summary>
/// <param name="acceptor">Takes them in after their handshake.</param>
/// <param name="certificates">The endpoint's certificates.</param>
/// <param name="handshakes">The node's handshakes.</param>
/// <param name="slots">Where a client that does not get through its handshake gives its place back.</param>
/// <param name="context">What the node's transports share.</param>
/// <param name="plainHttpAnswer">The whole HTTP response for a client that speaks HTTP without TLS.</param>
internal sealed class TlsAcceptor(
    ITransportAcceptor acceptor,
    ServerCertificates certificates,
    TlsHandshakes handshakes,
    ConnectionSlots slots,
    TransportContext context,
    byte[] plainHttpAnswer) : ITransportAcceptor
{
    /// <summary>Chooses, within a handshake, the certificate and all that goes with it; the state is the acceptor.</summary>
    public static readonly ServerOptionsSelectionCallback SelectOptions =
        static (_, hello, state, _) => new(((TlsAcceptor)state!).Certificates.Select(hello.ServerName));

    public ITransportAcceptor Acceptor => acceptor;

    public ServerCertificates Certificates => certificates;

    public TlsHandshakes Handshakes => handshakes;

    public ConnectionSlots Slots => slots;

    public ReadOnlySpan<byte> PlainHttpAnswer => plainHttpAnswer;

    public ITransportHandler Accept(ITransport transport)
    {
        var tls = new TlsTransport(transport, context, handshakes.Faults);
        var handshake = new TlsHandshake(tls, transport, this);
        tls.Begin(handshake);
        handshakes.Add(handshake);
        return tls;
    }
}
