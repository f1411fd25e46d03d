using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios;

/// <summary>Subscribers of a few channels, connected and subscribed, and the publisher that feeds them.</summary>
internal sealed class Audience : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Between two publications of the warm-up: a cold server must not begin with a backlog that takes it longer than our patience.
    private static readonly TimeSpan WarmUpPace = TimeSpan.FromMilliseconds(20);

    private readonly Publisher _publisher;
    private readonly byte[][] _requests;
    private readonly string[] _names;
    private readonly int _count;

    /// <param name="loop">Drives it.</param>
    /// <param name="target">The node.</param>
    /// <param name="subscribers">Clients.</param>
    /// <param name="channels">Channels, the subscribers spread over them.</param>
    /// <param name="size">Bytes of a publication.</param>
    /// <param name="protocol">Client protocol.</param>
    /// <param name="each">Channels of each subscriber.</param>
    public Audience(Loop loop, Target target, int subscribers, int channels, int size, string protocol, int each = 1)
    {
        _count = subscribers;
        _names = [.. Enumerable.Range(0, channels).Select(channel => $"load-{channel}")];
        var isPlain = protocol == ProtocolOption.Plain;
        Subscribers = new Subscribers(subscribers, channels, Math.Min(each, channels), protocol == ProtocolOption.Json ? Subscribe : null);
        _requests = [.. Enumerable.Range(0, channels).Select(client => UpgradeExchange.Request(target.PathOr(isPlain ? "/plain/" + NamesOf(client) : "/")))];
        IClientHandler handler = protocol == ProtocolOption.SignalR ? new SignalRClients(subscribers, Subscribers, () => Pool!) : Subscribers;
        Pool = new ClientPool(loop, target.EndPoint, subscribers, RequestOf, handler);
        loop.Observer.Count("deliveries", () => Subscribers.Deliveries, () => Pool.Open);
        _publisher = target.Publisher(loop, _names);
        Publications = new Publications(_publisher, channels, size);
        loop.Observer.Phase = "connecting";
        Pool.OpenUpTo(subscribers);
        loop.Observer.Phase = "warming up";
        WarmUp(loop);
        Subscribers.Begin();
    }

    public ClientPool Pool { get; }

    public Subscribers Subscribers { get; }

    public Publications Publications { get; }

    /// <summary>The channels' names.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The upgrade request of a subscriber.</summary>
    public byte[] RequestOf(int client) => _requests[client % _requests.Length];

    /// <summary>Keeps so many publications on their way: the next leaves when one has reached all of its subscribers.</summary>
    public void RunWindow(Loop loop, int inFlight, TimeSpan duration)
    {
        var before = Publications.Total - Subscribers.Complete;
        loop.RunFor(duration, () =>
        {
            while (Publications.Total - before - Subscribers.Complete < inFlight)
                Publications.PublishNext();
            Publications.Flush();
        });
    }

    /// <summary>Publishes so many a second over all channels, whatever has arrived.</summary>
    public void RunRate(Loop loop, double perSecond, TimeSpan duration, Action? eachTurn = null)
    {
        var timetable = new Timetable(perSecond, Loop.Clock.GetTimestamp());
        loop.RunFor(duration, () =>
        {
            Publications.PublishDue(loop, timetable);
            eachTurn?.Invoke();
        });
    }

    /// <summary>Waits for what is on its way. False: some of it did not come.</summary>
    public bool Settle(Loop loop) => loop.RunUntil(() => Subscribers.HaveAll(Publications), Patience);

    /// <summary>What must hold after everything has settled, whatever was measured.</summary>
    public void Check(Report report)
    {
        var sequences = Subscribers.Sequences;
        var missing = Subscribers.Missing(Publications.Published);
        report.Check("nothing was lost", sequences.Lost == 0 && missing == 0, $"{sequences.Lost} skipped, {missing} missing at the end, of {Publications.Total:N0} publications");
        report.Check("nothing came twice", sequences.Duplicated == 0, $"{sequences.Duplicated} did");
        report.Check("everything came in order", sequences.Disordered == 0, $"{sequences.Disordered} came late");
        report.Check("nothing strayed", Subscribers.Strayed == 0, $"{Subscribers.Strayed} came to somebody who is not subscribed");
        report.Check("no connection was lost", Pool.Open == _count, $"{Pool.Open} of {_count} open");
        report.Check("no publication was refused", Publications.Refusal is null, Publications.Refusal ?? "none was");
    }

    public void Dispose()
    {
        Pool.Dispose();
        _publisher.Dispose();
    }

    /// <summary>Publishes until every subscriber has got something, and then waits for the rest: a subscription in plain mode is not acknowledged.</summary>
    private void WarmUp(Loop loop)
    {
        var last = 0L;
        var isWarm = loop.RunUntil(() => Subscribers.AllStarted, Patience, () =>
        {
            if (!Publications.AreAnswered || Loop.Clock.GetElapsedTime(last) < WarmUpPace)
                return;
            last = Loop.Clock.GetTimestamp();
            Publications.PublishToAll();
        });
        if (!isWarm || !Settle(loop))
            throw new LoadException($"Not every subscriber gets what is published. {Publications.Refusal}");
    }

    private string NamesOf(int client) => string.Join(',', Subscribers.ChannelsOf(client).Select(channel => _names[channel]));

    private void Subscribe(int client)
    {
        foreach (var channel in Subscribers.ChannelsOf(client))
            Pool.SendFrame(client, Opcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":1,"channel":"{{_names[channel]}}"}"""));
    }
}
