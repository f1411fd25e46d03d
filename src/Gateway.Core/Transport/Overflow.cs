using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Transport;

/// <summary>
/// Clients above the maximum of connections. Each is told so, half-closed, and its request read and thrown away, so that no reset
/// overtakes the answer; above a bound of such farewells at once, which all of a node's share, a client is simply reset.
/// </summary>
internal sealed class Overflow : IDisposable
{
    private static readonly KeyValuePair<string, object?> AnsweredTag = new("how", "answered");
    private static readonly KeyValuePair<string, object?> ResetTag = new("how", "reset");

    private readonly ConcurrentDictionary<Farewell, bool> _farewells = new();
    private readonly ConnectionSlots _places;
    private readonly byte[] _response;
    private readonly TransportOptions _options;
    private readonly TimeProvider _time;
    private readonly GatewayMetrics _metrics;
    private readonly ITimer _sweep;

    /// <param name="response">The whole HTTP response.</param>
    /// <param name="options">Close timeout and discard bound.</param>
    /// <param name="metrics">Counts refusals.</param>
    /// <param name="time">Clock.</param>
    /// <param name="places">Farewells at once.</param>
    public Overflow(byte[] response, TransportOptions options, GatewayMetrics metrics, TimeProvider time, ConnectionSlots places)
    {
        _places = places;
        _response = response;
        _options = options;
        _time = time;
        _metrics = metrics;
        _sweep = time.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Refuse(Socket socket)
    {
        var hasPlace = _places.TryTake();
        if (!hasPlace || !TryAnswer(socket))
        {
            _metrics.Refusals.Add(1, ResetTag);
            Reset(socket);
            if (hasPlace)
                _places.Release();
            return;
        }

        _metrics.Refusals.Add(1, AnsweredTag);
        var farewell = new Farewell(socket, _options.MaxDiscardBytes, _time.GetTimestamp(), OnEnded);
        _farewells.TryAdd(farewell, true);
        farewell.Start();
    }

    public void Dispose()
    {
        _sweep.Dispose();
        foreach (var farewell in _farewells.Keys)
            farewell.End();
    }

    private void OnEnded(Farewell farewell)
    {
        _farewells.TryRemove(farewell, out _);
        _places.Release(); // its socket is closed
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

    private void Sweep()
    {
        foreach (var farewell in _farewells.Keys)
        {
            if (_time.GetElapsedTime(farewell.StartedAt) >= _options.CloseTimeout)
                farewell.End();
        }
    }

    private static void Reset(Socket socket)
    {
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
    private sealed class Farewell(Socket socket, int maxBytes, long startedAt, Action<Farewell> ended)
        : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true)
    {
        private int _received;
        private int _ended;

        public long StartedAt { get; } = startedAt;

        public void Start() => Discard();

        public void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) != 0)
                return;
            socket.Dispose();
            ended(this);
        }

        protected override void OnCompleted(SocketAsyncEventArgs e) => Discard();

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
            while (_received <= maxBytes)
            {
                var received = socket.Receive(ThreadBlock.Receive, SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock)
                    return true;
                if (error != SocketError.Success || received == 0)
                    return false;
                _received += received;
            }

            return false;
        }
    }
}
