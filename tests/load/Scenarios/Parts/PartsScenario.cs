using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>A node in a control group, with the default options, for each of what it can speak: calm, attack, and what is left of it.</summary>
internal static class PartsScenario
{
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
