using System.Net;
using System.Net.Sockets;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport;

/// <summary>Accepts clients at one endpoint and hands each to a work item of its own.</summary>
internal sealed class Listener : IDisposable
{
    // Accepts in one go; then other work has its turn on this thread, which may be the socket engine's own.
    private const int AcceptsPerTurn = 64;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(1);

    private readonly TransportContext _context;
    private readonly ITransportAcceptor _acceptor;
    private readonly ConnectionSlots _slots;
    private readonly Overflow _overflow;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Socket _socket;
    private readonly AcceptArgs _args;
    private TimeSpan _backOff = FirstBackOff;
    private ITimer? _retry;
    private volatile bool _stopped;

    /// <param name="endPoint">Where to listen; port 0 takes a free one.</param>
    /// <param name="optionName">The option that says so, for error messages.</param>
    /// <param name="context">What the node's transports share.</param>
    /// <param name="acceptor">Takes the clients in.</param>
    /// <param name="slots">The node's places for connections.</param>
    /// <param name="overflow">Takes the clients that found no place.</param>
    /// <param name="time">Clock of the back-off.</param>
    /// <param name="log">Log.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public Listener(
        IPEndPoint endPoint,
        string optionName,
        TransportContext context,
        ITransportAcceptor acceptor,
        ConnectionSlots slots,
        Overflow overflow,
        TimeProvider time,
        ILogger log)
    {
        (_context, _acceptor, _slots, _overflow, _time, _log) = (context, acceptor, slots, overflow, time, log);
        _socket = ListeningSocket.Open(endPoint, optionName, context.Options);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _args = new AcceptArgs(this);
    }

    /// <summary>The real address, also when port 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(static listener => listener.Accept(), this, preferLocal: false);

    /// <summary>Takes no more clients; the ones it has stay.</summary>
    public void Dispose()
    {
        _stopped = true;
        _retry?.Dispose();
        _socket.Dispose();
    }

    private void Accept()
    {
        try
        {
            for (var accepts = 0; accepts < AcceptsPerTurn; accepts++)
            {
                _args.AcceptSocket = null;
                if (_socket.AcceptAsync(_args) || !TakeAccepted())
                    return;
            }

            Start();
        }
        catch (ObjectDisposedException)
        {
            // stopped
        }
    }

    /// <summary>True: accept again.</summary>
    private bool TakeAccepted()
    {
        if (_args.SocketError != SocketError.Success)
            return OnError(_args.SocketError);
        _backOff = FirstBackOff;
        var socket = _args.AcceptSocket!;
        if (_stopped)
        {
            socket.Dispose();
            return false;
        }

        if (_slots.TryTake())
            ThreadPool.UnsafeQueueUserWorkItem(static item => item.Listener.Open(item.Socket), (Listener: this, Socket: socket), preferLocal: false);
        else
            _overflow.Refuse(socket);
        return true;
    }

    private void Open(Socket socket)
    {
        try
        {
            var transport = new SocketTransport(socket, _context);
            transport.Start(_acceptor.Accept(transport));
        }
        catch (SocketException e)
        {
            // The client was gone before it could be set up.
            Log.AcceptedSocketLost(_log, e.SocketErrorCode);
            socket.Dispose();
            _slots.Release();
        }
    }

    private bool OnError(SocketError error)
    {
        var tier = SocketErrors.AcceptTier(error);
        if (_stopped)
            return false;
        _context.Metrics.AcceptErrors.Add(1, new KeyValuePair<string, object?>("tier", SocketErrors.Label(tier)));
        switch (tier)
        {
            case AcceptErrorTier.Peer:
                Log.AcceptedSocketLost(_log, error);
                return true;
            case AcceptErrorTier.Pressure:
                Log.AcceptPressure(_log, EndPoint, error, _backOff.TotalMilliseconds);
                _retry?.Dispose();
                _retry = _time.CreateTimer(static state => ((Listener)state!).Accept(), this, _backOff, Timeout.InfiniteTimeSpan);
                _backOff = _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
                return false;
            default:
                Log.AcceptStopped(_log, EndPoint, error);
                return false;
        }
    }

    private sealed class AcceptArgs(Listener listener) : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            if (listener.TakeAccepted())
                listener.Accept();
        }
    }
}
