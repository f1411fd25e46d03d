using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Pressure;

/// <summary>Clients that read a window at a time, once in a while, and come back when they are ended.</summary>
internal sealed class PressedReaders(int count, TimeSpan readEvery) : IClientHandler
{
    /// <summary>Of each socket; the kernel doubles it.</summary>
    public const int ReceiveBuffer = 16 * 1024;

    private readonly Queue<int> _ended = [];
    private long _next;
    private double _due;

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    /// <summary>Bytes that they have read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Handshakes that were refused with 503.</summary>
    public long Refused { get; private set; }

    /// <summary>Closed with this code or another, by code; 0: without one.</summary>
    public Dictionary<int, long> Ends { get; } = [];

    /// <summary>Lets those read whose turn it is, and those come back who were ended.</summary>
    public void GoOn(TimeSpan sinceLast)
    {
        _due = Math.Min(count, _due + (sinceLast / readEvery * count));
        for (; _due >= 1; _due--)
        {
            var client = (int)(_next++ % count);
            if (client < Pool.Clients.Length && Pool.Clients[client].State == ClientState.Open)
                Pool.Resume(client);
            else if (_ended.TryDequeue(out var ended))
                Pool.Reopen(ended);
        }
    }

    public void OnOpen(int client)
    {
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload) => Bytes += payload.Length;

    public void OnReceived(int client)
    {
        if (Pool.Clients[client].State == ClientState.Open)
            Pool.Pause(client);
    }

    public void OnRefused(int client, int status)
    {
        if (status == 503)
            Refused++;
    }

    public void OnEnd(int client)
    {
        var code = Pool.Clients[client].CloseCode;
        Ends[code] = Ends.GetValueOrDefault(code) + 1;
        _ended.Enqueue(client);
    }
}
