using System.Text;
using System.Text.Json;
using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;

namespace Gateway.Load.Cluster;

/// <summary>
/// Native clients, each subscribed to one channel, that do what <c>reconnect</c> tells them: they wait for the connection's end and for
/// their time, and come back. Each connection must get every publication from its subscription's acknowledgement to its close frame.
/// </summary>
internal sealed class Travellers(Loop loop, PublicationLog publications, IReadOnlyList<string> channels, int count) : IClientHandler
{
    // Whoever was not told when to come back does so within a second.
    private static readonly TimeSpan Untold = TimeSpan.FromSeconds(1);

    private readonly Traveller[] _travellers = new Traveller[count];
    private readonly PriorityQueue<int, long> _returns = new();
    private readonly byte[][] _subscribe = [.. channels.Select(channel => Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":1,"channel":"{{channel}}"}"""))];

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    /// <summary>When each node took whom.</summary>
    public Arrivals Arrivals { get; } = new();

    /// <summary>From publish to receive.</summary>
    public Latency Latency { get; } = new();

    /// <summary>From the time to come back at to the new node's welcome.</summary>
    public Latency Handshake { get; } = new();

    /// <summary>From a close frame to the acknowledgement of the subscription at another node.</summary>
    public Latency Absence { get; } = new();

    /// <summary>Age, at the close frame, of publications that were made before it and did not come: they were on their way.</summary>
    public Latency OnTheirWay { get; } = new();

    public long Deliveries { get; private set; }

    public int Subscribed { get; private set; }

    /// <summary>Publications that a subscribed connection did not get, though later ones came or nothing ended it.</summary>
    public long Lost { get; private set; }

    /// <summary>That came again, or after a later one.</summary>
    public long Repeated { get; private set; }

    /// <summary>Connections that ended without a close frame.</summary>
    public int Cut { get; private set; }

    /// <summary>Attempts to come back that failed.</summary>
    public int Refused { get; private set; }

    /// <summary>Close frames that no <c>reconnect</c> preceded.</summary>
    public int NotTold { get; private set; }

    /// <summary>Close frames by their code.</summary>
    public Dictionary<ushort, int> Closes { get; } = [];

    public int Moves => _travellers.Sum(traveller => traveller.Moves);

    public int MostMoves => _travellers.Max(traveller => traveller.Moves);

    private static ReadOnlySpan<byte> Message => "{\"type\":\"message\""u8;

    /// <summary>Opens those whose time has come, and publishes. Call it each turn.</summary>
    public void Turn()
    {
        publications.PublishDue();
        var now = Loop.Clock.GetTimestamp();
        while (_returns.TryPeek(out var client, out var due) && due <= now)
        {
            _returns.Dequeue();
            _travellers[client].Stage = TravellerStage.Arriving;
            Pool.Reopen(client);
        }

        if (_returns.TryPeek(out _, out var next))
            loop.WakeAt(next);
    }

    /// <summary>A measurement begins: what was before it does not count.</summary>
    public void Begin()
    {
        Arrivals.Clear();
        Latency.Reset();
        Closes.Clear();
        foreach (ref var traveller in _travellers.AsSpan())
            traveller.Moves = 0;
    }

    /// <summary>Clients that are subscribed at a node.</summary>
    public int Present(string node) => _travellers.Count(traveller => traveller.Stage == TravellerStage.Subscribed && traveller.Node == node);

    /// <summary>Whether each is subscribed and has got all that was published.</summary>
    public bool HaveAll()
    {
        for (var client = 0; client < count; client++)
        {
            if (_travellers[client].Stage != TravellerStage.Subscribed || _travellers[client].Next < publications.Published(ChannelOf(client)))
                return false;
        }

        return true;
    }

    /// <summary>What subscribed clients still wait for.</summary>
    public long Missing() => Enumerable.Range(0, count)
        .Where(client => _travellers[client].Stage == TravellerStage.Subscribed)
        .Sum(client => publications.Published(ChannelOf(client)) - _travellers[client].Next);

    public void OnOpen(int client)
    {
        _travellers[client].Stage = TravellerStage.Arriving;
        Pool.SendFrame(client, Opcode.Text, _subscribe[ChannelOf(client)]);
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith(Message))
            TakePublication(client, payload);
        else
            TakeReply(client, payload);
    }

    public void OnReceived(int client)
    {
    }

    public void OnClosing(int client, ushort code)
    {
        ref var traveller = ref _travellers[client];
        var now = Loop.Clock.GetTimestamp();
        Closes[code] = Closes.GetValueOrDefault(code) + 1;
        if (traveller.ReturnAt == 0)
        {
            NotTold++;
            traveller.ReturnAt = now + Within(Untold);
        }

        if (traveller.Stage == TravellerStage.Subscribed)
        {
            Subscribed--;
            for (var number = traveller.Next; number < publications.Published(ChannelOf(client)); number++)
                OnTheirWay.Record(publications.TimeOf(ChannelOf(client), number), now);
        }

        (traveller.Stage, traveller.ClosedAt) = (TravellerStage.Leaving, now);
        traveller.Moves++;
    }

    public void OnEnd(int client)
    {
        ref var traveller = ref _travellers[client];
        switch (traveller.Stage)
        {
            case TravellerStage.Subscribed:
                Cut++;
                Subscribed--;
                break;
            case TravellerStage.Arriving or TravellerStage.Away:
                Refused++;
                break;
        }

        if (traveller.Stage != TravellerStage.Leaving)
            traveller.ReturnAt = Loop.Clock.GetTimestamp() + Within(Untold);
        traveller.Stage = TravellerStage.Away;
        _returns.Enqueue(client, traveller.ReturnAt);
    }

    private static long Within(TimeSpan time) => (long)(Random.Shared.NextDouble() * time.TotalSeconds * Loop.Clock.TimestampFrequency);

    private int ChannelOf(int client) => client % channels.Count;

    private void TakePublication(int client, ReadOnlySpan<byte> message)
    {
        if (!Stamp.TryRead(message, out var stamp))
            return;
        ref var traveller = ref _travellers[client];
        Deliveries++;
        Latency.Record(stamp.Timestamp);
        if (stamp.Number > traveller.Next)
            Lost += stamp.Number - traveller.Next;
        else if (stamp.Number < traveller.Next && traveller.HasStarted)
            Repeated++;
        // The first may have been made before the subscription was acknowledged: then those behind it are owed too.
        traveller.Next = traveller.HasStarted ? Math.Max(traveller.Next, stamp.Number + 1) : stamp.Number + 1;
        traveller.HasStarted = true;
    }

    private void TakeReply(int client, ReadOnlySpan<byte> message)
    {
        ref var traveller = ref _travellers[client];
        var reader = new Utf8JsonReader(message);
        using var reply = JsonDocument.ParseValue(ref reader);
        switch (reply.RootElement.GetProperty("type").GetString())
        {
            case "welcome":
                traveller.Node = string.Intern(reply.RootElement.GetProperty("node").GetString()!);
                Arrivals.Add(traveller.Node);
                if (traveller.ClosedAt != 0)
                    Handshake.Record(traveller.ReturnAt);
                break;
            case "ok":
                Subscribed++;
                if (traveller.ClosedAt != 0)
                    Absence.Record(traveller.ClosedAt);
                (traveller.Stage, traveller.Next, traveller.HasStarted, traveller.ReturnAt) =
                    (TravellerStage.Subscribed, publications.Published(ChannelOf(client)), false, 0);
                break;
            case "reconnect":
                traveller.ReturnAt = Loop.Clock.GetTimestamp()
                    + (long)(reply.RootElement.GetProperty("after_ms").GetDouble() / 1000 * Loop.Clock.TimestampFrequency);
                break;
            case var other:
                throw new LoadException($"A client was told: {Encoding.UTF8.GetString(message)} ({other}).");
        }
    }
}
