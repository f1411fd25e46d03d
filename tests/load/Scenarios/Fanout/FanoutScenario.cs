using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Fanout;

internal static class FanoutScenario
{
    public static Report Run(Loop loop, TargetSettings targetSettings, FanoutSettings settings)
    {
        using var target = new Target(loop, targetSettings);
        using var audience = new Audience(loop, target, settings.Subscribers, settings.Channels, settings.Size, settings.Protocol);
        int[] modes = settings.InFlight.Length > 0 ? settings.InFlight : [0];
        Measure(loop, target, audience, settings, modes[^1], settings.Duration / 2, null); // warms up, and is not reported
        var rounds = new Rounds("deliveries", "delivery");
        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var mode in modes)
            {
                loop.Observer.Phase = $"round {round}, {NameOf(settings, mode)}";
                Measure(loop, target, audience, settings, mode, settings.Duration, rounds);
            }
        }

        var report = new Report(
            $"fanout: {settings.Subscribers} subscribers ({settings.Protocol}), {settings.Channels} channels, {settings.Size} B, {settings.Rounds} × {settings.Duration.TotalSeconds} s, medians");
        rounds.AddTo(report);
        report.Add("node's resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        audience.Check(report);
        return report;
    }

    private static string NameOf(FanoutSettings settings, int inFlight) => inFlight > 0 ? $"{inFlight} in flight" : $"{settings.Rate} a second";

    private static void Measure(Loop loop, Target target, Audience audience, FanoutSettings settings, int inFlight, TimeSpan duration, Rounds? rounds)
    {
        audience.Subscribers.Begin();
        var before = audience.Subscribers.Deliveries;
        var measurement = new Measurement(target);
        if (inFlight > 0)
            audience.RunWindow(loop, inFlight, duration);
        else
            audience.RunRate(loop, settings.Rate, duration);
        var cost = measurement.Per(audience.Subscribers.Deliveries - before);
        audience.Settle(loop);
        rounds?.Add(NameOf(settings, inFlight), cost, audience.Subscribers.Latency); // the latest count too: they are the slow ones
    }
}
