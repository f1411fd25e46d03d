using System.Net.Sockets;
using Gateway.Core.Addresses;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport;

/// <summary>
/// Lets only trusted proxies in, and puts a <see cref="ProxyProtocolTransport"/> between their sockets and what accepts clients. It comes
/// before everything else on the stream: TLS too, where the endpoint has it.
/// </summary>
/// <param name="inner">Takes the clients in.</param>
/// <param name="trusted">Whose headers count.</param>
/// <param name="slots">Where the places of refused connections go back.</param>
/// <param name="metrics">Counts refusals.</param>
/// <param name="time">Clock of the log.</param>
/// <param name="log">Log.</param>
internal sealed class ProxyProtocolAcceptor(
    ITransportAcceptor inner, TrustedNetworks trusted, ConnectionSlots slots, GatewayMetrics metrics, TimeProvider time, ILogger log)
    : ITransportAcceptor
{
    private readonly Rarely _mayLog = new(time, TimeSpan.FromSeconds(10));

    public ITransportHandler Accept(ITransport transport)
    {
        if (!trusted.Contain(transport.RemoteEndPoint))
        {
            Refuse(transport, ProxyProtocolFault.Untrusted);
            return new Refused(slots);
        }

        var layer = new ProxyProtocolTransport(transport, this);
        layer.Begin(inner.Accept(layer));
        return layer;
    }

    /// <summary>Ends a stream without an answer, as the specification wants it: nobody knows who would read one.</summary>
    public void Refuse(ITransport transport, ProxyProtocolFault fault)
    {
        // Null: gone before it was looked at.
        if (transport.RemoteEndPoint is { } peer)
        {
            metrics.ProxyProtocolRefusals.Add(1, new KeyValuePair<string, object?>("reason", fault.Label()));
            if (_mayLog.Now())
                Log.ProxyProtocolRefused(log, peer, transport.LocalEndPoint, fault.Text());
        }

        transport.Abort();
    }

    /// <summary>What is left of a connection that was not let in.</summary>
    private sealed class Refused(ConnectionSlots slots) : ITransportHandler
    {
        public bool IsUnfinished => true;

        public ReceiveResult OnReceived(Span<byte> bytes) => new(bytes.Length, ReceiveAction.Discard);

        public void OnShort()
        {
        }

        public void OnEnd()
        {
        }

        public void OnSent()
        {
        }

        public void OnClosed(SocketError error) => slots.Release();
    }
}
