using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Transport;

/// <summary>
/// Clients above the maximum of connections. Each is told so, half-closed, and its request read and thrown away, so that no reset
/// overtakes the answer; without a place for its farewell (<see cref="FarewellPlaces"/>) a client is simply reset. Who leaves without having
/// said anything, or asks for the health page, is no client that was refused: load balancers look in so.
/// </summary>
internal sealed class Overflow : IDisposable
{
    private static readonly KeyValuePair<string, object?> AnsweredTag = new("how", "answered");
    private static readonly KeyValuePair<string, object?> ResetTag = new("how", "reset");

    private static readonly KeyValuePair<string, object?> FaultTag = new("part", "connection");

    private readonly ConcurrentDictionary<Farewell, bool> _farewells = new();
    private readonly FarewellPlaces _places;
    private readonly byte[] _response;
    private readonly byte[]? _healthPath;
    private readonly TransportOptions _options;
    private readonly TimeProvider _time;
    private readonly GatewayMetrics _metrics;
    private readonly ITimer _sweep;

    /// <param name="response">The whole HTTP response.</param>
    /// <param name="options">Close timeout and discard bound.</param>
    /// <param name="metrics">Counts refusals.</param>
    /// <param name="time">Clock.</param>
    /// <param name="places">The node's: others take of them too.</param>
    /// <param name="healthPath">Of load balancers' probes; null: they cannot be told from others.</param>
    public Overflow(byte[] response, TransportOptions options, GatewayMetrics metrics, TimeProvider time, FarewellPlaces places, string? healthPath = null)
    {
        _places = places;
        _response = response;
        _healthPath = healthPath is null ? null : Encoding.ASCII.GetBytes(healthPath);
        _options = options;
        _time = time;
        _metrics = metrics;
        _sweep = time.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Refuse(Socket socket)
    {
        if (_places.TryTake(RemoteEndPoint(socket)) is not { } place)
        {
            Reset(socket);
            return;
        }

        if (!TryAnswer(socket))
        {
            _places.Leave(place);
            socket.Dispose(); // gone already
            return;
        }

        var farewell = new Farewell(this, socket, place);
        _farewells.TryAdd(farewell, true);
        farewell.Start();
    }

    public void Dispose()
    {
        _sweep.Dispose();
        foreach (var farewell in _farewells.Keys)
            farewell.End();
    }

    private bool TryAnswer(Socket socket)
    {
        try
        {
            socket.Blocking = false;
            if (socket.Send(_response, SocketFlags.None, out var error) != _response.Length || error != SocketError.Success)
                return false;
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (SocketException)
        {
            return false; // the client has reset the connection
        }
    }

    /// <summary>By the request's first line, as far as it came with the first bytes.</summary>
    private bool IsProbe(ReadOnlySpan<byte> request)
    {
        if (_healthPath is null)
            return false;
        var path = request[(request.IndexOf((byte)' ') + 1)..];
        return path.StartsWith(_healthPath) && path[_healthPath.Length..] is [(byte)' ' or (byte)'?', ..];
    }

    private void Sweep()
    {
        foreach (var (farewell, _) in _farewells)
        {
            if (_time.GetElapsedTime(farewell.StartedAt) >= _options.CloseTimeout)
                farewell.Expire();
        }
    }

    private void OnEnded(Farewell farewell, FairPlaces<object>.Place place)
    {
        _farewells.TryRemove(farewell, out _);
        _places.Leave(place);
    }

    private static EndPoint? RemoteEndPoint(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint;
        }
        catch (SocketException)
        {
            return null; // the client has reset the connection
        }
    }

    private void Reset(Socket socket)
    {
        _metrics.Refusals.Add(1, ResetTag);
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // already reset by the client
        }

        socket.Dispose();
    }

    /// <summary>One refused client, read until its end.</summary>
    private sealed class Farewell(Overflow overflow, Socket socket, FairPlaces<object>.Place place)
        : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true)
    {
        private int _received;
        private int _counted;
        private bool _isProbe;
        private int _ended;

        public long StartedAt { get; } = overflow._time.GetTimestamp();

        public void Start() => Guarded(static farewell => farewell.Discard());

        /// <summary>It has had its time, and waited for all of it.</summary>
        public void Expire() => Guarded(static farewell =>
        {
            farewell.CountRefusal();
            farewell.End();
        });

        public void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) != 0)
                return;
            socket.Dispose();
            overflow.OnEnded(this, place); // whoever has the place next finds the descriptor free
        }

        private void CountRefusal()
        {
            if (!_isProbe && Interlocked.Exchange(ref _counted, 1) == 0)
                overflow._metrics.Refusals.Add(1, AnsweredTag);
        }

        protected override void OnCompleted(SocketAsyncEventArgs e) => Guarded(static farewell => farewell.Discard());

        /// <summary>A fault on the socket engine's thread, or the clock's, ends this farewell and nothing else.</summary>
        private void Guarded(Action<Farewell> act)
        {
            try
            {
                act(this);
            }
#pragma warning disable CA1031 // see above
            catch (Exception)
#pragma warning restore CA1031
            {
                overflow._metrics.Faults.Add(1, FaultTag);
                End();
            }
        }

        private void Discard()
        {
            try
            {
                do
                {
                    if (SocketError != SocketError.Success || !TryDrain())
                    {
                        End();
                        return;
                    }
                }
                while (!socket.ReceiveAsync(this));
            }
            catch (ObjectDisposedException)
            {
                Debug.Assert(Volatile.Read(ref _ended) != 0, "Only End disposes.");
            }
        }

        private bool TryDrain()
        {
            while (_received <= overflow._options.MaxDiscardBytes)
            {
                var received = socket.Receive(ThreadBlock.Receive, SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock)
                    return true;
                if (error != SocketError.Success || received == 0)
                    return false;
                _isProbe |= _received == 0 && overflow.IsProbe(ThreadBlock.Receive[..received]);
                _received += received;
                CountRefusal();
            }

            return false;
        }
    }
}
