using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios.Echo;

/// <summary>
/// Clients that send the next message when one has come back (closed loop), or when its time has come (open loop), and look whether each
/// came back once, in order and unchanged. A message is its timestamp, its number, and a pattern.
/// </summary>
internal sealed class EchoClients(int count, int size) : IClientHandler
{
    /// <summary>A timestamp and a number.</summary>
    public const int MinBytes = 2 * sizeof(long);

    private readonly int[] _due = new int[count];
    private readonly long[] _numbers = new long[count];
    private readonly SequenceCheck _sequences = new(count);
    private readonly byte[] _message = Pattern(size);
    private byte[] _frames = new byte[FrameHeader.MaxSize + size];
    private bool _isClosedLoop;
    private int _next;

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    public Latency Latency { get; } = new();

    /// <summary>What is lost, came twice or late.</summary>
    public SequenceCheck Sequences => _sequences;

    public long Sent { get; private set; }

    public long Returned { get; private set; }

    /// <summary>Messages that came back other than they were sent.</summary>
    public long Changed { get; private set; }

    /// <summary>Begins a closed loop: so many messages of each client are on their way until <see cref="Stop"/>.</summary>
    public void Start(int inFlight)
    {
        Latency.Reset();
        _isClosedLoop = true;
        for (var client = 0; client < count; client++)
            Send(client, inFlight, Loop.Clock.GetTimestamp());
    }

    /// <summary>Sends no more; what is on its way comes back.</summary>
    public void Stop() => _isClosedLoop = false;

    /// <summary>Sends what is due in an open loop, the clients in turn.</summary>
    public void SendDue(Loop loop, Timetable timetable)
    {
        var now = Loop.Clock.GetTimestamp();
        for (; timetable.TryTake(now, out var intended); _next = (_next + 1) % count)
            Send(_next, 1, intended);
        loop.WakeAt(timetable.Next);
    }

    public void OnOpen(int client)
    {
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Returned++;
        _due[client]++;
        if (opcode != Opcode.Binary || payload.Length != size || !payload[MinBytes..].SequenceEqual(_message.AsSpan(MinBytes)))
        {
            Changed++;
            return;
        }

        Latency.Record(BitConverter.ToInt64(payload));
        _sequences.Take(client, BitConverter.ToInt64(payload[sizeof(long)..]));
    }

    public void OnReceived(int client)
    {
        var due = _due[client];
        _due[client] = 0;
        if (_isClosedLoop && due > 0)
            Send(client, due, Loop.Clock.GetTimestamp());
    }

    /// <summary>What must hold when all should have come back.</summary>
    public void Check(Report report)
    {
        report.Check("every message came back", Returned == Sent && _sequences.Lost == 0, $"{Sent:N0} sent, {Returned:N0} back, {_sequences.Lost} skipped");
        report.Check("once and in order", _sequences is { Duplicated: 0, Disordered: 0 }, $"{_sequences.Duplicated} came twice, {_sequences.Disordered} late");
        report.Check("unchanged", Changed == 0, $"{Changed} changed");
        report.Check("no echo client was lost", Pool.Open == count, $"{Pool.Open} of {count} open");
    }

    /// <summary>All in one write, as a client that has several messages to send does.</summary>
    private void Send(int client, int messages, long timestamp)
    {
        var most = FrameHeader.MaxSize + size;
        if (_frames.Length < messages * most)
            _frames = new byte[messages * most];
        BitConverter.TryWriteBytes(_message, timestamp);
        var length = 0;
        for (var i = 0; i < messages; i++)
        {
            BitConverter.TryWriteBytes(_message.AsSpan(sizeof(long)), _numbers[client]++);
            length += ClientFrame.Write(_frames.AsSpan(length), Opcode.Binary, _message);
        }

        Sent += messages;
        Pool.Send(client, _frames.AsSpan(0, length));
    }

    private static byte[] Pattern(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i * 31))];
}
