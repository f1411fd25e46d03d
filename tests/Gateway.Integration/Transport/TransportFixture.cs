using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Epoll;
using Gateway.Core.Transport.Sockets;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using TransportContext = Gateway.Core.Transport.TransportContext;

namespace Gateway.Integration.Transport;

/// <summary>A listener whose clients a test takes in itself, without connections above.</summary>
internal sealed class TransportFixture : IAsyncDisposable, ITransportAcceptor
{
    private readonly ConcurrentQueue<RecordingHandler> _accepted = new();
    private readonly GatewayMetrics _metrics = new();
    private readonly Overflow _overflow;
    private readonly Listener _listener;

    private readonly EpollEngines? _engines;

    /// <param name="wrap">Puts what is between the listener and the handlers.</param>
    /// <param name="usesEpoll">Else the runtime's own engine.</param>
    public TransportFixture(Func<TransportFixture, ITransportAcceptor>? wrap = null, bool usesEpoll = true)
    {
        Context = new TransportContext(new TransportOptions(), _metrics);
        _overflow = new Overflow([], Context.Options, _metrics, TimeProvider.System, new FarewellPlaces(256));
        var acceptor = wrap?.Invoke(this) ?? this;
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        _engines = usesEpoll ? new EpollEngines(2, Context.Fault) : null;
        _listener = _engines is null
            ? new ManagedListener(any, "test", Context, acceptor, Slots, _overflow, TimeProvider.System, NullLogger.Instance)
            : new EpollListener(any, "test", Context, _engines, acceptor, Slots, _overflow, TimeProvider.System, NullLogger.Instance);
        _listener.Start();
    }

    public TransportContext Context { get; }

    public GatewayMetrics Metrics => _metrics;

    public ConnectionSlots Slots { get; } = new(100);

    /// <summary>What the next client's receive calls answer.</summary>
    public Func<RecordingHandler, Func<byte[], ReceiveResult>>? Answer { get; set; }

    /// <summary>Rentals that have not been returned.</summary>
    public long Rented => Context.Blocks.Rented + Context.Buffers.Rented + Context.Args.Rented + Context.OpenSockets + Context.PendingSends;

    public ITransportHandler Accept(ITransport transport)
    {
        var handler = new RecordingHandler(transport);
        handler.Answer = Answer?.Invoke(handler);
        _accepted.Enqueue(handler);
        return handler;
    }

    /// <summary>A TCP connection to the listener.</summary>
    public async Task<Socket> ConnectAsync(int receiveBufferBytes = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0)
            socket.ReceiveBufferSize = receiveBufferBytes;
        await socket.ConnectAsync(_listener.EndPoint);
        return socket;
    }

    /// <summary>The handler of the client that was accepted next.</summary>
    public async Task<RecordingHandler> AcceptedAsync()
    {
        RecordingHandler? handler = null;
        await Eventually.TrueAsync(() => _accepted.TryDequeue(out handler));
        return handler!;
    }

    public Task ReturnsToBaselineAsync() =>
        Eventually.TrueAsync(() => Rented == 0, () => $"blocks {Context.Blocks.Rented}, buffers {Context.Buffers.Rented}, sockets {Context.OpenSockets}, sends {Context.PendingSends}");

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _engines?.Dispose();
        _overflow.Dispose();
        _metrics.Dispose();
        return ValueTask.CompletedTask;
    }
}
