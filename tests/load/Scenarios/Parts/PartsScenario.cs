using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>A node in a control group, with the default options, for each of what it can speak: calm, attack, and what is left of it.</summary>
internal static class PartsScenario
{
    // From the end of a process's threads to that of the process, which takes a while when it has much memory.
    private static readonly TimeSpan TimeToDie = TimeSpan.FromSeconds(5);

    public static Report Run(Loop loop, TargetSettings targetSettings, PartsSettings settings)
    {
        if (targetSettings.Url is not null)
            throw new LoadException("This scenario starts its node itself: --server and --set only.");
        var report = new Report(
            $"parts: {(settings.GroupBytes > 0 ? $"a control group of {settings.GroupBytes >> 20} MiB" : "no control group")}, {settings.Sockets} attackers of {settings.Addresses} addresses, {settings.Rate}/s at most, {settings.Duration.TotalSeconds} s");
        foreach (var over in settings.Over)
            RunOver(loop, targetSettings, settings, over, report);
        return report;
    }

    private static void RunOver(Loop loop, TargetSettings targetSettings, PartsSettings settings, string over, Report report)
    {
        var isTls = over == PartsCommand.Tls;
        using var certificate = isTls ? new LoopbackCertificate() : null;
        using var group = settings.GroupBytes > 0 ? new MemoryGroup(settings.GroupBytes, targetSettings.Server ?? GatewayProcess.FindBuilt()) : null;
        using var target = new Target(loop, group is null ? targetSettings : targetSettings with { Server = group.Program }, NodeOptions(certificate));
        var run = new PartsRun(loop, target, settings, over, group, report);
        try
        {
            run.Run();
        }
        catch (NodeEndedException e)
        {
            run.TellEnd(e);
        }
        catch (Exception e) when (e is LoadException or HttpRequestException or IOException)
        {
            // A node that dies shows first in what it does not answer.
            if (EndOf(loop) is not { } end)
                throw;
            run.TellEnd(end);
        }
    }

    private static NodeEndedException? EndOf(Loop loop)
    {
        try
        {
            loop.RunFor(TimeToDie);
            return null;
        }
        catch (NodeEndedException e)
        {
            return e;
        }
    }

    /// <summary>Where it listens, and nothing else.</summary>
    private static (string, string)[] NodeOptions(LoopbackCertificate? certificate) => certificate is null
        ?
        [
            ("Gateway:Endpoints:1:Address", "127.0.0.1:0"),
            ("Gateway:Endpoints:1:ProxyProtocol", "true"),
            ("Gateway:TrustedProxies:0", PartSettings.Proxies),
        ]
        :
        [
            ("Gateway:Endpoints:0:Tls:CertificatePath", certificate.CertificatePath),
            ("Gateway:Endpoints:0:Tls:KeyPath", certificate.KeyPath),
        ];
}
