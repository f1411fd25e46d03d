using System.Net;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;

namespace Gateway.Core.Connections;

/// <summary>
/// One client. Its life: a request is read and admitted (<c>Connection.Handshake.cs</c>), messages come in (<c>Connection.Receive.cs</c>)
/// and go out (<c>Connection.Send.cs</c>), it ends, from either side (<c>Connection.Close.cs</c>). Who it is meanwhile, and for how long, is
/// <c>Connection.Identity.cs</c>; what it may use of the node <c>Connection.Limits.cs</c>, and what of its memory <c>Connection.Memory.cs</c>.
/// <para>
/// The receive chain calls in from one thread at a time. What other threads touch too (state, queue, close) is guarded by the lock on
/// the connection itself: it is internal, nobody else locks it, and a lock object of its own would cost every idle connection 24 bytes.
/// </para>
/// </summary>
internal sealed partial class Connection : ITransportHandler, IMemoryHolder
{
    private readonly ConnectionContext _context;
    private readonly ITransport _transport;

    // Written under the lock; read anywhere.
    private volatile ConnectionState _state = ConnectionState.Handshaking;

    // Whom a trusted proxy forwards for; null: the client is the transport's peer. Written once, by the receive chain, before admission.
    private EndPoint? _client;

    // Milliseconds on the heartbeat's clock. What the deadline is for depends on the state: the request, admission, the close.
    private long _deadline;
    private long _lastReceived;
    private long _pongDeadline; // 0: no ping is unanswered

    public Connection(ITransport transport, ConnectionContext context)
    {
        _context = context;
        _transport = transport;
        Id = ConnectionId.Create();
        ConnectedAt = context.Time.GetUtcNow();
        _lastReceived = context.Clock.Now;
        _deadline = _lastReceived + (long)context.Options.Handshake.Timeout.TotalMilliseconds;
    }

    public ConnectionId Id { get; }

    public DateTimeOffset ConnectedAt { get; }

    public ConnectionState State => _state;

    public bool IsEnding => _state >= ConnectionState.Closing;

    /// <summary>The client protocol; null before the upgrade.</summary>
    public IMessageHandler? Protocol { get; private set; }

    /// <summary>What the protocol keeps for this connection.</summary>
    public object? ProtocolState { get; set; }

    /// <summary>What the connection's shard keeps for it; touched by the shard only.</summary>
    public IShardState? ShardState { get; set; }

    /// <summary>How its messages are compressed; null: they are not.</summary>
    public Compression? Compression { get; private set; }

    /// <summary>The client's; its port is 0 where a proxy has named it without one.</summary>
    public EndPoint? RemoteEndPoint => _client ?? _transport.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _transport.LocalEndPoint;

    /// <summary>Milliseconds since something came from the client.</summary>
    public long IdleMilliseconds => _context.Clock.Now - Volatile.Read(ref _lastReceived);

    public ReceiveResult OnReceived(Span<byte> bytes)
    {
        _lastReceived = _context.Clock.Now;
        _pongDeadline = 0;
        TakeReader();
        ReceiveResult result;
        try
        {
            result = _state switch
            {
                ConnectionState.Handshaking => ReceiveRequest(bytes),
                ConnectionState.Open => ReceiveCounted(bytes),
                ConnectionState.Closing => ReceiveClosing(bytes),
                _ => new ReceiveResult(bytes.Length, ReceiveAction.Discard),
            };
        }
#pragma warning disable CA1031 // A fault of ours ends this connection; the node and the others never notice.
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e);
            Close(CloseReason.InternalError);
            OnCloseReply(); // who knows where in the bytes the next frame begins: nothing that comes is looked at
            result = new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        }

        GiveReader();
        // What the messages of this turn were answered with leaves together.
        Flush();
        return result;
    }

    /// <summary>Counts a fault of ours that ends this connection; the caller ends it. Throws nothing.</summary>
    public void OnFault(Exception exception) =>
        _context.Faults.Report(Id, exception, static (log, id, fault) => Log.ConnectionFault(log, id.ToString(), fault));

    /// <summary>Visited by the heartbeat about once a second.</summary>
    public void OnTick(long now)
    {
        if (IsSendOverdue(now))
            OnSendOverdue();
        switch (_state)
        {
            case ConnectionState.Handshaking or ConnectionState.Admitting when now >= _deadline:
                OnHandshakeOverdue();
                break;
            case ConnectionState.Open when IsMessageOverdue():
                Close(CloseReason.MessageTimeout);
                break;
            case ConnectionState.Open when IsTooOld():
                SendAway(_context.Options.Drain.ReconnectWithin, Farewell.MaxAge);
                break;
            case ConnectionState.Open:
                KeepAlive(now);
                TellSkipped();
                if (Identity.ExpiresAt is { } expiry)
                    WatchToken(expiry);
                break;
            case ConnectionState.Closing when now >= _deadline:
                _transport.Abort();
                break;
        }
    }

    /// <summary>Counts a command that waits for the broker. Pair with <see cref="EndCommand"/>, and return the result from the message.</summary>
    public MessageResult BeginCommand()
    {
        lock (this)
            return ++_commands >= _context.Options.Limits.MaxCommandsInFlight ? MessageResult.AwaitCommands : MessageResult.Continue;
    }

    /// <summary>A command has been answered.</summary>
    public void EndCommand()
    {
        lock (this)
        {
            _commands--;
            if (_pause != MessageResult.AwaitCommands)
                return;
            _pause = MessageResult.Continue;
        }

        _transport.Resume();
    }

    private void KeepAlive(long now)
    {
        var options = _context.Options.Heartbeat;
        if (_pause != MessageResult.Continue)
        {
            // Not read at the moment: its silence says nothing, and its pong may be waiting to be read.
            Volatile.Write(ref _lastReceived, now);
            _pongDeadline = 0;
        }
        else if (IsSendPending)
        {
            // A ping would wait behind what the client has not taken, and so would its pong: until it has, the send's own deadline judges it.
            _pongDeadline = 0;
        }
        else if (_pongDeadline != 0)
        {
            if (now >= _pongDeadline)
                Close(CloseReason.HeartbeatTimeout);
        }
        else if (now - Volatile.Read(ref _lastReceived) >= PingAfter((long)options.Interval.TotalMilliseconds))
        {
            _pongDeadline = now + (long)options.Timeout.TotalMilliseconds;
            EnqueueControl(Opcode.Ping, []);
            Flush();
        }
    }

    private bool IsTooOld()
    {
        var options = _context.Options.Rebalance;
        if (options.MaxConnectionAge == TimeSpan.Zero)
            return false;
        // Its own share of the spread, by its id.
        var share = ((Id.Value >> 16) % 1000 / 1000d) - 0.5;
        return _context.Time.GetUtcNow() - ConnectedAt >= options.MaxConnectionAge * (1 + (share * options.AgeJitterPercent / 100));
    }

    // Connections that came in one second would be pinged in one second for ever: the last eighth of the interval is drawn by id.
    private long PingAfter(long interval) => interval - (long)(Id.Value >> 32) % Math.Max(1, interval / 8);
}
