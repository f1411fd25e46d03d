using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;
using Gateway.Load.Server;
using Gateway.Load.Streams;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>One node's run, and what is said of it.</summary>
internal sealed class PartsRun(Loop loop, Target target, PartsSettings settings, string over, MemoryGroup? group, Report report)
{
    // Publications for the slow readers, a second, over all of their channels.
    private const int SlowRate = 40;
    private const int SlowSize = 16 * 1024;

    // Publications whose answers a node that is slow has not given: no more are sent then.
    private const int MostUnanswered = 64;

    // What an idle node's account goes up and down by.
    private const double Noise = 1024 * 1024;

    private const int LastLines = 4; // of its log, in the report
    private const int LineLength = 400;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly IPAddress NewcomersAddress = new([127, 0, 11, 1]);

    private readonly PartsWatch _watch = new(target.RequiredAdmin);
    private PartStatus _attack = PartStatus.None;
    private long _attackedAt;

    private bool IsTls => over == PartsCommand.Tls;

    public void Run()
    {
        using var honest = new HonestPings(loop, target.EndPoint, IsTls, settings.Honest, settings.Pings);
        loop.Observer.Count("pings", () => honest.Answers, () => (int)_attack.Connected);
        Phase(honest, "warming up", WarmUp);
        var calm = Phase(honest, "calm", settings.Calm);
        var before = Rest();
        var under = Attack(honest);
        loop.Observer.Phase = over + ": the attackers are gone";
        var letIn = Newcomer.LetIn(loop, target.EndPoint, NewcomersAddress, IsTls, Patience);
        var (isBack, backAfter) = WaitForBack(honest, before);
        var after = Phase(honest, "after", settings.Calm);
        var rest = Rest();

        Tell(calm, under, after);
        report.Add($"{over}: a new client is let in after", letIn, "s");
        report.Add($"{over}: what the attackers took is back after", backAfter, "s");
        TellRest("before", before);
        TellRest("after", rest);
        Check(honest, calm.P99, under.P99, letIn);
        report.Check($"{over}: what the attackers took is back", isBack, $"{rest.Metrics.Connections} connections, {rest.Metrics.WaitingBytes / 1e6:0.0} MB wait and {rest.Metrics.HeldBytes / 1e6:0.0} MB are held; before: {before.Metrics.Connections}, {before.Metrics.WaitingBytes / 1e6:0.0} MB and {before.Metrics.HeldBytes / 1e6:0.0} MB");
        CheckMemory(before, rest);
    }

    /// <summary>The node did not live to the end.</summary>
    public void TellEnd(NodeEndedException e)
    {
        var when = _attackedAt == 0 ? "before the attack" : $"{Loop.Clock.GetElapsedTime(_attackedAt).TotalSeconds:0.0} s after the attack's beginning";
        TellAttack();
        report.Note($"{over}: the node's last words", string.Join('\n', e.Message.Split('\n').TakeLast(LastLines).Select(line => line[..Math.Min(line.Length, LineLength)])));
        report.Check($"{over}: the node lives", false, $"it ended {when}, exit code {target.Process!.ExitCode}; the kernel ended {group?.Killed ?? 0} processes; {_attack.SentBytes / 1e6:0.0} MB had been sent by {_attack.Connected:N0} attackers");
    }

    private PhaseTimes Phase(HonestPings honest, string name, TimeSpan duration, Action? eachTurn = null)
    {
        loop.Observer.Phase = $"{over}: {name}";
        honest.Begin();
        loop.RunFor(duration, eachTurn);
        return new PhaseTimes(honest.Percentile(50), honest.Percentile(99), honest.Percentile(100));
    }

    private PhaseTimes Attack(HonestPings honest)
    {
        var endPoints = target.RequiredAdmin.EndPoints();
        using var publisher = new AdminPublisher(loop, target.RequiredAdmin.EndPoint, Enumerable.Range(0, PartKind.SlowChannels).Select(PartKind.SlowChannel));
        var publications = new Publications(publisher, PartKind.SlowChannels, SlowSize);
        _attackedAt = Loop.Clock.GetTimestamp();
        var timetable = new Timetable(SlowRate, _attackedAt);
        using var attackers = new PartAttackersProcess(new PartSettings(
            endPoints[0],
            IsTls ? null : endPoints[1],
            IsTls,
            [.. PartKind.All.Where(kind => kind.Fits(IsTls) && settings.Kinds.Contains(kind.Name))],
            settings.Sockets,
            settings.Rate,
            settings.Addresses,
            Math.Max(1, (int)(settings.Duration / PartAttacker.Pause))), settings.Nice);
        return Phase(honest, "attack", settings.Duration, () =>
        {
            attackers.CheckAlive();
            _attack = attackers.Status;
            _watch.Look();
            if (publications.Total - publications.Answered < MostUnanswered)
                publications.PublishDue(loop, timetable);
            else
                timetable = new Timetable(SlowRate, Loop.Clock.GetTimestamp());
            loop.WakeAt(Loop.Clock.GetTimestamp() + (Loop.Clock.TimestampFrequency / 100));
        });
    }

    /// <summary>Until the node's own figures are those of before, and what it uses is: the memory of a spike it gives back once it is calm.</summary>
    private (bool IsBack, double Seconds) WaitForBack(HonestPings honest, NodeRest before)
    {
        var start = Loop.Clock.GetTimestamp();
        var isBack = loop.RunUntil(
            () => _watch.Look() is { MemoryStage: 0 } metrics
                && metrics.Connections <= honest.Open
                && metrics.Channels <= before.Metrics.Channels
                && metrics.WaitingBytes <= before.Metrics.WaitingBytes + Noise
                && metrics.HeldBytes <= before.Metrics.HeldBytes + Noise
                && Kept(before, target.Usage.ResidentBytes, group?.UsedBytes) <= MostKept(metrics),
            Patience);
        return (isBack, Loop.Clock.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>What the node uses when nothing happens; garbage is collected first where it can be asked to.</summary>
    private NodeRest Rest()
    {
        loop.Observer.Phase = over + ": at rest";
        var heap = FullCollection.HeapAfter(loop, target);
        return new NodeRest(SettledMemory.Of(loop, () => target.Usage), group?.UsedBytes, heap, target.RequiredAdmin.Metrics());
    }

    private void Tell(PhaseTimes calm, PhaseTimes under, PhaseTimes after)
    {
        foreach (var (name, times) in new[] { ("before", calm), ("under attack", under), ("after", after) })
        {
            report.Add($"{over}: honest p50 {name}", times.P50, "ms");
            report.Add($"{over}: honest p99 {name}", times.P99, "ms");
            report.Add($"{over}: honest longest {name}", times.Longest, "ms");
        }

        TellAttack();
    }

    private void TellAttack()
    {
        report.Add($"{over}: connections of attackers", _attack.Handshakes, "");
        report.Add($"{over}: sent by attackers", _attack.SentBytes / 1e6, "MB");
        foreach (var (end, count) in _attack.Ends.OrderBy(end => end.Key, StringComparer.Ordinal))
            report.Add($"{over}: ended with {end}", count, "");
        report.Add($"{over}: connections, most", _watch.MostConnections, "");
        report.Add($"{over}: waiting, most", _watch.MostWaiting / 1e6, "MB");
        report.Add($"{over}: held, most", _watch.MostHeld / 1e6, "MB");
        report.Add($"{over}: used, most", _watch.MostUsed / 1e6, "MB");
        report.Add($"{over}: used by the kernel's count, most", group?.MostBytes / 1e6, "MB");
        report.Add($"{over}: times the kernel met the limit", group?.Hits, "");
        report.Add($"{over}: highest stage", _watch.HighestStage, "");
        report.Add($"{over}: looks that the admin side did not answer", _watch.Unanswered, "");
    }

    private void TellRest(string name, NodeRest rest)
    {
        report.Add($"{over}: resident {name}", rest.Resident / 1e6, "MB");
        report.Add($"{over}: the group's use {name}", rest.GroupBytes / 1e6, "MB");
        report.Add($"{over}: managed heap {name}", rest.Heap / 1e6, "MB");
    }

    private void Check(HonestPings honest, double calm, double under, double? letIn)
    {
        report.Check($"{over}: the node lives", !target.Process!.HasExited && group?.Killed is null or 0, $"the kernel ended {group?.Killed ?? 0} processes, and met the limit {group?.Hits ?? 0} times");
        report.Check($"{over}: the attack was put on", _attack.Handshakes >= settings.Sockets, $"{_attack.Handshakes:N0} connections of {settings.Sockets:N0} attackers");
        report.Check($"{over}: those who were there hardly notice", under <= settings.MaxRatio * calm, $"{under / calm:0.00} ×, at most {settings.MaxRatio:0.0}");
        report.Check($"{over}: none of them was ended", honest.Open == settings.Honest, $"{honest.Open} of {settings.Honest} stand. {honest.FirstEnd}");
        report.Check($"{over}: a new client is let in", letIn <= settings.LetIn.TotalSeconds, $"{(letIn is { } seconds ? $"after {seconds:0.0} s" : "it was not")}, at most {settings.LetIn.TotalSeconds} s");
    }

    private void CheckMemory(NodeRest before, NodeRest after)
    {
        var (kept, most) = (Kept(before, after.Resident, after.GroupBytes), MostKept(after.Metrics));
        report.Check($"{over}: memory is as before", kept <= most, $"{kept / 1e6:0.0} MB more, at most {most / 1e6:0.0}");
    }

    private static double Kept(NodeRest before, double resident, double? groupBytes) => Math.Max(resident - before.Resident, groupBytes - before.GroupBytes ?? 0);

    private double MostKept(NodeMetrics metrics) => settings.MaxKept / 100 * (settings.GroupBytes > 0 ? settings.GroupBytes : metrics.BudgetBytes);

    /// <summary>Milliseconds.</summary>
    private readonly record struct PhaseTimes(double P50, double P99, double Longest);

    private sealed record NodeRest(double Resident, double? GroupBytes, double? Heap, NodeMetrics Metrics);
}
