using System.Net;
using System.Text;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Connections;

/// <summary>What a connection needs, each part at a test's command: the clock, the verdict of admission, and the protocol.</summary>
internal sealed class ConnectionRig : IDisposable, IAdmission, IProtocolSelector, IMessageHandler
{
    public ConnectionRig(Action<GatewayOptions>? configure = null)
    {
        configure?.Invoke(Options);
        var registry = new ConnectionRegistry();
        var transport = new TransportContext(Options.Transport, Metrics);
        Context = new ConnectionContext
        {
            Options = Options,
            Registry = registry,
            Slots = new ConnectionSlots(1_000_000),
            Clock = new Heartbeat(registry, Time, static _ => { }),
            Time = Time,
            Reader = new MessageReaderSettings(Options.Limits.MaxMessageBytes, transport.Buffers),
            Queues = new OutboundQueuePool(),
            Transport = transport,
            Admission = this,
            Protocols = this,
            Metrics = Metrics,
            Log = NullLogger.Instance,
        };
    }

    public static byte[] Upgrade { get; } = Encoding.ASCII.GetBytes(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n");

    public GatewayOptions Options { get; } = new();

    public GatewayMetrics Metrics { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public ConnectionContext Context { get; }

    /// <summary>What admission says; null: everybody is admitted at once.</summary>
    public TaskCompletionSource<Refusal?>? Verdict { get; set; }

    /// <summary>Runs within the protocol's <see cref="IMessageHandler.OnOpen"/>.</summary>
    public Action<Connection>? Opened { get; set; }

    /// <summary>What a message does; by default it is echoed.</summary>
    public Func<Connection, Opcode, byte[], MessageResult>? Message { get; set; }

    public int ClosedCalls { get; private set; }

    public string Name => "rig";

    public bool NeedsAdmission => true;

    public static byte[] ClientFrame(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[FrameHeader.MaxSize + payload.Length];
        var size = new FrameHeader(fin: true, rsv: 0, opcode, payload.Length, maskKey: 0).Write(bytes);
        payload.CopyTo(bytes.AsSpan(size));
        return bytes[..(size + payload.Length)];
    }

    public Connection Accept(ITransport transport)
    {
        Assert.True(Context.Slots.TryTake());
        return (Connection)Context.Accept(transport);
    }

    public void Advance(double seconds)
    {
        for (var tick = 0; tick < seconds * 8; tick++)
            Time.Advance(TimeSpan.FromMilliseconds(125));
    }

    /// <summary>All that connections rent and hold.</summary>
    public (int Registered, int Slots, long Queues, long Blocks, long Buffers) Held =>
        (Context.Registry.Count, Context.Slots.Taken, Context.Queues.Rented, Context.Transport.Blocks.Rented, Context.Transport.Buffers.Rented);

    public ValueTask<Refusal?> AdmitAsync(UpgradeRequest request, EndPoint? remote, CancellationToken cancellationToken) =>
        Verdict is null ? default : new ValueTask<Refusal?>(Verdict.Task);

    public ProtocolMatch Select(UpgradeRequest request) => ProtocolMatch.Of(this);

    public void OnOpen(Connection connection) => Opened?.Invoke(connection);

    public MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (Message is not null)
            return Message(connection, opcode, payload.ToArray());
        connection.Reply(OutboundFrame.Create(opcode, payload));
        return MessageResult.Continue;
    }

    public OutboundFrame CloseFrame(CloseReason reason) => reason.Frame;

    public OutboundFrame? FarewellFrame(TimeSpan comeBackAfter) => null;

    public void OnGap(Connection connection, TimeSpan duration)
    {
    }

    public void OnClosed(Connection connection) => ClosedCalls++;

    public void Dispose()
    {
        Context.Clock.Dispose();
        Metrics.Dispose();
    }
}
