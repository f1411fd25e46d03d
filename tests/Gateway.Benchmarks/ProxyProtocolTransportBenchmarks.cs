using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Addresses;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks;

/// <summary>What a connection behind a PROXY header pays for the layer that has read it: a call a receive turn, a call a send.</summary>
public class ProxyProtocolTransportBenchmarks
{
    private readonly byte[] _bytes = new byte[125];
    private readonly CountingTransport _socket = new(new SentBytes());
    private readonly Sink _handler = new();
    private ProxyProtocolTransport _layer = null!;

    [GlobalSetup]
    public void Setup()
    {
        var acceptor = new ProxyProtocolAcceptor(null!, new TrustedNetworks([]), new ConnectionSlots(1), new GatewayMetrics(), TimeProvider.System, NullLogger.Instance);
        _layer = new ProxyProtocolTransport(_socket, acceptor);
        _layer.Begin(_handler);
        _layer.OnReceived("PROXY UNKNOWN\r\n"u8.ToArray());
    }

    [Benchmark(Baseline = true)]
    public int ReceiveAndSend() => Turn(_handler, _socket);

    [Benchmark]
    public int ReceiveAndSendThroughTheLayer() => Turn(_layer, _layer);

    private int Turn(ITransportHandler handler, ITransport transport) => handler.OnReceived(_bytes).Consumed + transport.TrySend(_bytes);

    private sealed class Sink : ITransportHandler
    {
        public bool IsUnfinished => false;

        public ReceiveResult OnReceived(Span<byte> bytes) => new(bytes.Length, ReceiveAction.Continue);

        public void OnShort()
        {
        }

        public void OnEnd()
        {
        }

        public void OnSent()
        {
        }

        public void OnClosed(SocketError error)
        {
        }
    }
}
