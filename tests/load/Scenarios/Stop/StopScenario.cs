using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Stop;

internal static class StopScenario
{
    private const int PublicationBytes = 256;

    public static Report Run(Loop loop, TargetSettings targetSettings, StopSettings settings)
    {
        using var target = new Target(loop, targetSettings);
        var process = target.Process ?? throw new LoadException("This scenario stops the node: it must start it too.");
        using var audience = new Audience(loop, target, settings.Subscribers, channels: 1, PublicationBytes, settings.Protocol);
        loop.Observer.Phase = "under load";
        audience.RunRate(loop, settings.Rate, settings.Duration);

        var start = Loop.Clock.GetTimestamp();
        var timetable = new Timetable(settings.Rate, start);
        loop.Observer.Phase = "stopping";
        target.IsStopping = true;
        process.Terminate();
        loop.RunUntil(
            () => audience.Pool.Open == 0 && process.HasExited,
            settings.Within,
            () => audience.Publications.PublishDue(loop, timetable));
        var stopped = Loop.Clock.GetElapsedTime(start);

        var report = new Report($"stop: {settings.Subscribers} subscribers ({settings.Protocol}), {settings.Rate}/s");
        report.Add("stopped after", stopped.TotalSeconds, "s");
        var clients = audience.Pool.Clients.ToArray();
        foreach (var code in clients.CountBy(client => client.CloseCode).OrderBy(code => code.Key))
            report.Add(code.Key == 0 ? "clients without a close frame" : $"clients that saw {code.Key}", code.Value, "");
        report.Check("every client saw a close frame", clients.All(client => client.CloseCode != 0), $"{clients.Count(client => client.CloseCode != 0)} of {clients.Length}");
        report.Check("no connection was reset", !clients.Any(client => client.IsReset), $"{clients.Count(client => client.IsReset)} were");
        report.Check("exit code 0", process is { HasExited: true, ExitCode: 0 }, process.HasExited ? $"{process.ExitCode}" : "still running");
        var sequences = audience.Subscribers.Sequences;
        report.Check("nothing was lost until then", sequences.IsClean, $"{sequences.Lost} lost, {sequences.Duplicated} twice, {sequences.Disordered} late");
        return report;
    }
}
