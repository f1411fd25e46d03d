using System.Net;
using System.Net.Sockets;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport;

/// <summary>Accepts clients at one endpoint.</summary>
internal abstract class Listener : IDisposable
{
    /// <summary>Accepts in one go; then other work has its turn on this thread, which may be the socket engine's own.</summary>
    protected const int AcceptsPerTurn = 64;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(1);

    private readonly TransportContext _context;
    private readonly ITransportAcceptor _acceptor;
    private readonly ConnectionSlots _slots;
    private readonly Overflow _overflow;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Rarely _mayLogPressure;
    private readonly Socket _socket;
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
    protected Listener(
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
        _mayLogPressure = new Rarely(time, Log.Interval);
        _socket = ListeningSocket.Open(endPoint, optionName, context.Options);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    /// <summary>The real address, also when port 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    protected TransportContext Context => _context;

    protected Socket Socket => _socket;

    protected bool IsStopped => _stopped;

    /// <summary>Takes clients in, as soon as there is more than the last descriptors.</summary>
    public void Start()
    {
        if (_context.Spare.TryKeep())
            Accept();
        else
            BackOff(SocketError.TooManyOpenSockets);
    }

    /// <summary>Takes no more clients; the ones it has stay.</summary>
    public virtual void Dispose()
    {
        _stopped = true;
        _retry?.Dispose();
        _socket.Dispose();
    }

    /// <summary>From now on, until an error.</summary>
    protected abstract void Accept();

    /// <summary>A client is there. False: there is no place for it, and <see cref="Refuse"/> follows.</summary>
    protected bool TryTakePlace()
    {
        _backOff = FirstBackOff;
        return _slots.TryTake();
    }

    protected void Refuse(Socket socket) => _overflow.Refuse(socket);

    protected void Open(SocketTransport transport) => transport.Start(_acceptor.Accept(transport));

    /// <summary>The client was gone before it could be set up.</summary>
    protected void OnLost(SocketError error)
    {
        Log.AcceptedSocketLost(_log, error);
        _slots.Release();
    }

    /// <summary>True: accept again now. False: never, or <see cref="Start"/> follows after a while.</summary>
    protected bool OnError(SocketError error)
    {
        var tier = SocketErrors.AcceptTier(error);
        if (_stopped)
            return false;
        if (tier != AcceptErrorTier.Pressure)
            CountError(tier);
        switch (tier)
        {
            case AcceptErrorTier.Peer:
                Log.AcceptedSocketLost(_log, error);
                return true;
            case AcceptErrorTier.Pressure:
                if (error == SocketError.TooManyOpenSockets)
                    _context.Spare.GiveUp();
                BackOff(error);
                return false;
            default:
                Log.AcceptStopped(_log, EndPoint, error);
                return false;
        }
    }

    /// <summary>Counted each time: as long as clients wait in vain, an alert is to see it.</summary>
    private void BackOff(SocketError error)
    {
        CountError(AcceptErrorTier.Pressure);
        if (_mayLogPressure.Now())
            Log.AcceptPressure(_log, EndPoint, error, _backOff.TotalMilliseconds);
        _retry?.Dispose();
        _retry = _time.CreateTimer(static state => ((Listener)state!).Start(), this, _backOff, Timeout.InfiniteTimeSpan);
        _backOff = _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
    }

    private void CountError(AcceptErrorTier tier) =>
        _context.Metrics.AcceptErrors.Add(1, new KeyValuePair<string, object?>("tier", SocketErrors.Label(tier)));
}
