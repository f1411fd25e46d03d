using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios.Echo;

/// <summary>Clients that send the next message when one has come back, and look whether it came back unchanged.</summary>
internal sealed class EchoClients(int count, int size) : IClientHandler
{
    /// <summary>A timestamp.</summary>
    public const int MinBytes = sizeof(long);

    private readonly int[] _due = new int[count];
    private readonly byte[] _message = Pattern(size);
    private byte[] _frames = [];
    private bool _isRunning;

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    public Latency Latency { get; } = new();

    public long Sent { get; private set; }

    public long Returned { get; private set; }

    /// <summary>Messages that came back other than they were sent.</summary>
    public long Changed { get; private set; }

    public void Start(int inFlight)
    {
        Latency.Reset();
        _isRunning = true;
        for (var client = 0; client < count; client++)
            Send(client, inFlight);
    }

    /// <summary>Sends no more; what is on its way comes back.</summary>
    public void Stop() => _isRunning = false;

    public void OnOpen(int client)
    {
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Returned++;
        _due[client]++;
        if (opcode != Opcode.Binary || payload.Length != size || !payload[MinBytes..].SequenceEqual(_message.AsSpan(MinBytes)))
            Changed++;
        else
            Latency.Record(BitConverter.ToInt64(payload));
    }

    public void OnReceived(int client)
    {
        var due = _due[client];
        _due[client] = 0;
        if (_isRunning && due > 0)
            Send(client, due);
    }

    /// <summary>All in one write, as a client that has several messages to send does.</summary>
    private void Send(int client, int messages)
    {
        var most = FrameHeader.MaxSize + size;
        if (_frames.Length < messages * most)
            _frames = new byte[messages * most];
        BitConverter.TryWriteBytes(_message, Loop.Clock.GetTimestamp());
        var length = 0;
        for (var i = 0; i < messages; i++)
            length += ClientFrame.Write(_frames.AsSpan(length), Opcode.Binary, _message);
        Sent += messages;
        Pool.Send(client, _frames.AsSpan(0, length));
    }

    private static byte[] Pattern(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i * 31))];
}
