using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Mixed;

internal static class MixedScenario
{
    public static Report Run(Loop loop, TargetSettings targetSettings, MixedSettings settings, TimeSpan duration)
    {
        using var target = new Target(loop, targetSettings, MixedLoad.NodeOption);
        using var load = new MixedLoad(loop, target, settings);
        var before = load.Done;
        var measurement = new Measurement(target);
        loop.Observer.Phase = "mixed";
        load.Run(duration);
        var cost = measurement.Per(load.Done - before);

        var report = new Report(
            $"mixed: {settings.Subscribers} subscribers of {settings.Each} of {settings.Channels} channels ({settings.Protocol}), {settings.EchoClients} echo, {settings.ChurnClients} churn, {duration.TotalSeconds} s");
        report.Add("messages to clients", cost.PerSecond, "/s");
        report.Add("node's CPU", cost.NodeMicroseconds, "µs a message");
        report.Add("load's CPU", cost.LoadMicroseconds, "µs a message");
        load.AddTo(report);
        report.Add("node's resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        load.Check(report);
        return report;
    }
}
