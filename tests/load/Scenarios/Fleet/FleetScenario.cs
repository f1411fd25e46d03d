using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Fleet;

internal static class FleetScenario
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Without any new connection: what is missing then does not come.
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(30);

    public static Report Run(Loop loop, TargetSettings targetSettings, FleetSettings settings)
    {
        if (targetSettings.Url is not null)
            throw new LoadException("This scenario starts its nodes itself: no --url.");
        using var nodes = new FleetNodes(loop, targetSettings, settings.Nodes);
        using var crowd = new FleetCrowd(loop, nodes.EndPoints, settings);
        using var publisher = new RedisPublisher(loop, nodes.Redis, [targetSettings.RedisPrefix + FleetSettings.Channel]);
        var publications = new Publications(publisher, channels: 1, settings.Size);
        var empty = nodes.Usage;
        loop.Observer.Count("deliveries", () => crowd.Deliveries, () => crowd.Open);

        loop.Observer.Phase = "connecting";
        var opening = Loop.Clock.GetTimestamp();
        Open(loop, crowd);
        var opened = Loop.Clock.GetElapsedTime(opening);
        var full = nodes.Usage;
        loop.Observer.Phase = "warming up";
        WarmUp(loop, crowd, publications);
        var warm = nodes.Usage;
        crowd.Say(FleetLine.Begin);
        var open = crowd.Open;

        loop.Observer.Phase = "publishing";
        var before = crowd.Deliveries;
        var start = Loop.Clock.GetTimestamp();
        Publish(loop, crowd, publications, settings, open);
        var took = Loop.Clock.GetElapsedTime(start);
        var cpu = nodes.Usage.Cpu - warm.Cpu;
        var deliveries = crowd.Deliveries - before;
        loop.Observer.Phase = "counting";
        var results = crowd.End(loop, publications.Total);

        var report = new Report($"fleet: {settings.Nodes} nodes × {settings.PerNode} connections, {settings.Processes} processes of clients, {settings.Publications} publications of {settings.Size} B");
        report.Add("connections asked for", settings.Connections, "");
        report.Add("connections open", open, "");
        report.Add("opened", open / opened.TotalSeconds, "/s");
        report.Add("nodes' CPU", (full.Cpu - empty.Cpu).TotalMicroseconds / Math.Max(1, open), "µs a handshake");
        report.Add("nodes' resident memory", full.ResidentBytes / 1e6, "MB");
        report.Add("nodes' resident memory", (full.ResidentBytes - empty.ResidentBytes) / Math.Max(1d, open), "B a connection");
        report.Add("deliveries", deliveries / took.TotalSeconds, "/s");
        report.Add("nodes' CPU", cpu.TotalMicroseconds / Math.Max(1, deliveries), "µs a delivery");
        var latency = new Latency();
        foreach (var result in results)
            latency.Add(result.Latency);
        report.Add("publish to receive", latency);
        report.Note("first limit met", crowd.FirstFailure ?? "none");
        Check(report, settings, nodes, results, open, publications);
        return report;
    }

    private static void Open(Loop loop, FleetCrowd crowd)
    {
        var (most, mostAt) = (-1, Loop.Clock.GetTimestamp());
        loop.RunUntil(IsSettledOrStands, StartPatience);

        bool IsSettledOrStands()
        {
            if (crowd.Open > most)
                (most, mostAt) = (crowd.Open, Loop.Clock.GetTimestamp());
            return crowd.IsSettled || Loop.Clock.GetElapsedTime(mostAt) > Standstill;
        }
    }

    /// <summary>One after the other until each has got one: a subscription in plain mode is not acknowledged.</summary>
    private static void WarmUp(Loop loop, FleetCrowd crowd, Publications publications)
    {
        var start = Loop.Clock.GetTimestamp();
        while (crowd.Started < crowd.Open)
        {
            if (Loop.Clock.GetElapsedTime(start) > Patience)
                throw new LoadException($"{crowd.Started} of {crowd.Open} subscribers get what is published. {publications.Refusal}");
            var expected = crowd.Deliveries + crowd.Open;
            publications.PublishToAll();
            loop.RunUntil(() => crowd.Deliveries >= expected, TimeSpan.FromSeconds(10));
        }
    }

    private static void Publish(Loop loop, FleetCrowd crowd, Publications publications, FleetSettings settings, int open)
    {
        var before = crowd.Deliveries;
        var timetable = Timetable.StartingNow(settings.Rate);
        for (var number = 1L; number <= settings.Publications; number++)
        {
            if (timetable is not null)
                loop.RunUntil(() => timetable.Taken >= number, Patience, () => PublishDue(timetable));
            else
                publications.PublishToAll();
            if (timetable is null && !loop.RunUntil(() => crowd.Deliveries >= before + (number * open), Patience))
                return; // what is missing is counted in the end
        }

        loop.RunUntil(() => crowd.Deliveries >= before + ((long)settings.Publications * open), Patience);

        void PublishDue(Timetable due)
        {
            if (due.Taken < settings.Publications)
                publications.PublishDue(loop, due);
        }
    }

    private static void Check(Report report, FleetSettings settings, FleetNodes nodes, IReadOnlyList<FleetResult> results, int open, Publications publications)
    {
        var (lost, twice, late, left) = (results.Sum(result => result.Lost), results.Sum(result => result.Duplicated), results.Sum(result => result.Disordered), results.Sum(result => result.Open));
        report.Check("all that were asked for are connected", open == settings.Connections, $"{open:N0} of {settings.Connections:N0}");
        report.Check("nothing was lost", lost == 0, $"{lost} of {publications.Total} publications to {open:N0} subscribers");
        report.Check("nothing came twice", twice == 0, $"{twice} did");
        report.Check("everything came in order", late == 0, $"{late} came late");
        report.Check("no connection was lost", left == open, $"{left:N0} of {open:N0} open at the end");
        report.Check("no publication was refused", publications.Refusal is null, publications.Refusal ?? "none was");
        report.Check("no error in the nodes' logs", nodes.Errors.Count == 0, $"{nodes.Errors.Count} found");
        foreach (var (line, number) in nodes.Errors.Select((line, number) => (line, number)))
            report.Note($"log error {number + 1}", line);
    }
}
