using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Policies;

/// <summary>Clients that read once in a while, one receive at a time. The keys are the stamps' channels.</summary>
internal sealed class SlowReaders(int count, int keys, TimeSpan readEvery) : IClientHandler
{
    /// <summary>Of each socket; the kernel doubles it.</summary>
    public const int ReceiveBuffer = 16 * 1024;

    private readonly long[] _newest = new long[count * keys];
    private bool _isReading = true;
    private long _next;
    private double _due;

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    /// <summary>Publications that came late, or twice.</summary>
    public long Disordered { get; private set; }

    public long Deliveries { get; private set; }

    /// <summary>They have all come, and read slowly from now on.</summary>
    public void Begin()
    {
        Array.Fill(_newest, -1L);
        _isReading = false;
        for (var client = 0; client < Pool.Clients.Length; client++)
            Pause(client);
    }

    /// <summary>Lets those read whose turn it is.</summary>
    public void ReadSome(TimeSpan sinceLast)
    {
        _due = Math.Min(count, _due + (sinceLast / readEvery * count));
        for (; _due >= 1; _due--)
            Resume((int)(_next++ % count));
    }

    /// <summary>All read on, as fast as they can.</summary>
    public void ReadAll()
    {
        _isReading = true;
        for (var client = 0; client < Pool.Clients.Length; client++)
            Resume(client);
    }

    /// <summary>Whether this one has the newest of each key.</summary>
    public bool HasNewest(int client, Func<int, long> published)
    {
        for (var key = 0; key < keys; key++)
        {
            if (_newest[(client * keys) + key] != published(key) - 1)
                return false;
        }

        return true;
    }

    public void OnOpen(int client)
    {
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!Stamp.TryRead(payload, out var stamp))
            return;
        Deliveries++;
        ref var newest = ref _newest[(client * keys) + stamp.Channel];
        if (stamp.Number <= newest)
            Disordered++;
        newest = stamp.Number;
    }

    public void OnReceived(int client)
    {
        if (!_isReading)
            Pause(client);
    }

    private void Pause(int client)
    {
        if (Pool.Clients[client].State == ClientState.Open)
            Pool.Pause(client);
    }

    private void Resume(int client)
    {
        if (client < Pool.Clients.Length && Pool.Clients[client].State == ClientState.Open)
            Pool.Resume(client);
    }
}
