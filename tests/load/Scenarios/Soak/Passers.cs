using Gateway.Load.Client;
using Gateway.Load.Scenarios.Slow;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Soak;

/// <summary>Clients of which nothing is asked but that they come and go: some leave and return, some stop reading until the node closes them.</summary>
internal sealed class Passers : IDisposable
{
    // So many seconds does each stay.
    private const int Stay = 5;

    // Their names fit in a request line.
    private const int MostStuckChannels = 100;

    private readonly ClientPool _leaving;
    private readonly ClientPool _stuck;
    private readonly SoakSettings _settings;
    private Timetable? _departures;

    public Passers(Loop loop, Target target, Audience audience, SoakSettings settings)
    {
        _settings = settings;
        var leavingRequest = UpgradeExchange.Request("/plain/" + audience.Names[0]);
        _leaving = new ClientPool(loop, target.EndPoint, Math.Max(1, settings.Reconnects * Stay), _ => leavingRequest, new SilentClients());
        // Of many channels, so that what waits for them is soon too much.
        var stuckRequest = UpgradeExchange.Request("/plain/" + string.Join(',', audience.Names.Take(MostStuckChannels)));
        var stuck = new StuckClients();
        _stuck = stuck.Pool = new ClientPool(loop, target.EndPoint, Math.Max(1, settings.Stuck), _ => stuckRequest, stuck, StuckClients.ReceiveBuffer);
    }

    /// <summary>Clients that left and came back.</summary>
    public long Reconnected { get; private set; }

    /// <summary>Stuck clients that the node closed.</summary>
    public long Closed { get; private set; }

    /// <summary>All come.</summary>
    public void Enter()
    {
        _leaving.Want(_settings.Reconnects * Stay);
        _stuck.Want(_settings.Stuck);
        _departures = Timetable.StartingNow(_settings.Reconnects);
    }

    /// <summary>One turn: who is to leave does, and who has gone comes anew.</summary>
    public void Turn()
    {
        for (var now = Loop.Clock.GetTimestamp(); _departures is not null && _departures.TryTake(now, out _) && _leaving.IsSettled; Reconnected++)
            _leaving.Reopen((int)(Reconnected % _leaving.Clients.Length));
        if (_stuck.Ended == 0)
            return;
        for (var client = 0; client < _stuck.Clients.Length; client++)
        {
            if (_stuck.Clients[client].State != ClientState.Ended)
                continue;
            Closed++;
            _stuck.Reopen(client);
        }
    }

    /// <summary>All go.</summary>
    public void Leave()
    {
        _leaving.CloseAll();
        _stuck.CloseAll();
    }

    public void Dispose() => Leave();
}
