using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>Clients of one address that come back whenever they are ended, and in between do the worst they can.</summary>
internal abstract class Attackers : IClientHandler
{
    private static readonly byte[] Upgrade = UpgradeExchange.Request("/");

    private readonly Queue<int> _ended = [];
    private bool _isOver;
    private bool _isTold; // the one that ends next, by an HTTP status
    private Timetable? _comeBack; // null: at once

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    /// <summary>Handshakes that were begun.</summary>
    public long Handshakes { get; private set; }

    /// <summary>Connections that were ended without a word.</summary>
    public long Cut { get; private set; }

    /// <summary>How often a client was ended, by HTTP status or close code.</summary>
    public Dictionary<int, long> Ends { get; } = [];

    /// <summary>Frames that were sent.</summary>
    public long Frames { get; protected set; }

    /// <summary>Whether none is ever let in: they all stand at the door at once.</summary>
    protected virtual bool StayOutside => false;

    /// <summary>What a client sends first.</summary>
    public virtual byte[] Request(int client) => Upgrade;

    /// <summary>Begins.</summary>
    /// <param name="clients">That attack at once.</param>
    /// <param name="perSecond">Handshakes a second at most; 0: as many as they can.</param>
    public void Begin(int clients, int perSecond)
    {
        _comeBack = Timetable.StartingNow(perSecond);
        Handshakes = clients;
        if (StayOutside)
            Pool.Want(clients, atOnce: clients);
        else
            Pool.Want(clients);
    }

    /// <summary>What ends from here on, this program has ended.</summary>
    public void Stop() => _isOver = true;

    /// <summary>Each turn: those who were ended come back, and those who are in go on.</summary>
    public void GoOn()
    {
        var now = Loop.Clock.GetTimestamp();
        for (var count = _ended.Count; count > 0 && _comeBack?.TryTake(now, out _) != false; count--)
        {
            Pool.Reopen(_ended.Dequeue());
            Handshakes++;
        }

        for (var client = 0; client < Pool.Clients.Length; client++)
        {
            // Until the kernel takes no more: this program must not hold what the node does not read.
            if (Pool.Clients[client] is { State: ClientState.Open, Unsent: null, CloseCode: 0 })
                Attack(client);
        }
    }

    public virtual void OnOpen(int client)
    {
    }

    public virtual void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
    }

    public void OnReceived(int client)
    {
    }

    public void OnRefused(int client, int status)
    {
        Count(status);
        _isTold = true;
    }

    public void OnClosing(int client, ushort code) => Count(code);

    public void OnEnd(int client)
    {
        if (!_isTold && !_isOver && Pool.Clients[client].CloseCode == 0)
            Cut++;
        _isTold = false;
        _ended.Enqueue(client);
    }

    /// <summary>A client that is in has its turn.</summary>
    protected abstract void Attack(int client);

    private void Count(int end) => Ends[end] = Ends.GetValueOrDefault(end) + 1;
}

/// <summary>The same frames, again and again.</summary>
internal sealed class FrameAttackers(FloodFrames frames) : Attackers
{
    public override byte[] Request(int client) => frames.Request;

    public override void OnOpen(int client) => Pool.Send(client, frames.First);

    protected override void Attack(int client)
    {
        Pool.Send(client, frames.Then);
        Frames += frames.Count;
    }
}
