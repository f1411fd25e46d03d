using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios.Churn;
using Gateway.Load.Scenarios.Echo;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Mixed;

/// <summary>Everything at once, each at its rate: subscribers of several channels, echo, and clients whose commands subscribe and unsubscribe.</summary>
internal sealed class MixedLoad : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Loop _loop;
    private readonly MixedSettings _settings;
    private readonly EchoClients _echo;
    private readonly ChurnClients _churn;
    private readonly Publisher _churnPublisher;
    private readonly Publications _churnPublications;

    public MixedLoad(Loop loop, Target target, MixedSettings settings)
    {
        (_loop, _settings) = (loop, settings);
        Audience = new Audience(loop, target, settings.Subscribers, settings.Channels, settings.Size, settings.Protocol, settings.Each);

        _echo = new EchoClients(settings.EchoClients, settings.Size);
        var echoRequest = UpgradeExchange.Request("/echo");
        _echo.Pool = new ClientPool(loop, target.EndPoint, settings.EchoClients, _ => echoRequest, _echo);

        string[] channels = [.. Enumerable.Range(0, settings.Channels).Select(channel => $"load-churn-{channel}")];
        _churn = new ChurnClients(settings.ChurnClients, channels);
        var churnRequest = UpgradeExchange.Request("/");
        _churn.Pool = new ClientPool(loop, target.EndPoint, settings.ChurnClients, _ => churnRequest, _churn);
        _churnPublisher = target.Publisher(loop, channels);
        _churnPublications = new Publications(_churnPublisher, settings.Channels, settings.Size);

        loop.Observer.Count("messages", () => Done, () => Audience.Pool.Open + _echo.Pool.Open + _churn.Pool.Open);
        _echo.Pool.OpenUpTo(settings.EchoClients);
        _churn.Pool.OpenUpTo(settings.ChurnClients);
    }

    /// <summary>What a node under this load needs.</summary>
    public static (string Name, string Value) NodeOption => ("Gateway:Echo:Enabled", "true");

    /// <summary>Those that are subscribed for good.</summary>
    public Audience Audience { get; }

    /// <summary>Deliveries, echoes and answers.</summary>
    public long Done => Audience.Subscribers.Deliveries + _churn.Deliveries + _echo.Returned + _churn.Answered;

    /// <summary>Runs for so long, at the rates, then waits for what is on its way.</summary>
    /// <param name="duration">Without the wait.</param>
    /// <param name="eachTurn">What the scenario does meanwhile.</param>
    public void Run(TimeSpan duration, Action? eachTurn = null)
    {
        var now = Loop.Clock.GetTimestamp();
        var publications = new Timetable(_settings.Publications, now);
        var churnPublications = new Timetable(_settings.Publications, now);
        var echoes = new Timetable(_settings.Echoes, now);
        var commands = new Timetable(_settings.Commands, now);
        _loop.RunFor(duration, () =>
        {
            Audience.Publications.PublishDue(_loop, publications);
            _churnPublications.PublishDue(_loop, churnPublications);
            _echo.SendDue(_loop, echoes);
            _churn.SendDue(_loop, commands);
            eachTurn?.Invoke();
        });
        Audience.Settle(_loop);
        _loop.RunUntil(() => _echo.Returned == _echo.Sent && _churn.Answered == _churn.Sent, Patience);
    }

    public void AddTo(Report report)
    {
        report.Add("deliveries to those subscribed for good", Audience.Subscribers.Deliveries, "");
        report.Add("deliveries between subscribe and unsubscribe", _churn.Deliveries, "");
        report.Add("echoes", _echo.Returned, "");
        report.Add("commands", _churn.Answered, "");
        report.Add("publish to receive", Audience.Subscribers.Latency);
        report.Add("echo", _echo.Latency);
        report.Add("command", _churn.Latency);
    }

    public void Check(Report report)
    {
        Audience.Check(report);
        _echo.Check(report);
        _churn.Check(report);
        report.Check("no publication to their channels was refused", _churnPublications.Refusal is null, _churnPublications.Refusal ?? "none was");
    }

    public void Dispose()
    {
        Audience.Dispose();
        _echo.Pool.Dispose();
        _churn.Pool.Dispose();
        _churnPublisher.Dispose();
    }
}
