using System.CommandLine;
using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Parts;

internal static class PartsCommand
{
    public const string Plain = "plain";
    public const string Tls = "tls";

    public static Command Create()
    {
        var group = CommonOptions.Count("--group", "MiB that the node's control group may use, as a container's limit; for root. 0: no group; then set Gateway:Memory:BudgetBytes.", 512, 16 * 1024);
        var over = new Option<string[]>("--over") { Description = "What the node speaks, one after the other.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [Plain, Tls] }.AcceptOnlyFromAmong(Plain, Tls);
        var kinds = new Option<string[]>("--kinds")
        {
            Description = "Of parts, all at once; those that do not fit what the node speaks are left out.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. PartKind.All.Select(kind => kind.Name)],
        }.AcceptOnlyFromAmong([.. PartKind.All.Select(kind => kind.Name)]);
        var sockets = CommonOptions.Count("--sockets", "Attackers at once, in a process of their own.", 13_000, 18_000);
        var rate = CommonOptions.Count("--rate", "Attackers that connect in a second, at most: the first time, and whenever they were ended.", 1000, 100_000);
        var addresses = CommonOptions.Count("--addresses", "Addresses that they come from.", 50, 250);
        var nice = CommonOptions.Count("--nice", "Of their process, as nice(1) has it: with 19 they get what of this machine nobody else wants.", Libc.LowestPriority, Libc.LowestPriority);
        var honest = CommonOptions.Count("--honest", "Clients that are there before, and ping.", 20, 1000);
        var pings = CommonOptions.Count("--pings", "Pings a second of each of them.", 10, 100);
        var calm = CommonOptions.Seconds("--calm", "Seconds of the measurement before, and after.", 15);
        var duration = CommonOptions.Seconds("--duration", "Seconds of the attack.", 60);
        var ratio = new Option<double>("--max-ratio") { Description = "The bound of the honest ones' p99 under attack, by the one before.", DefaultValueFactory = _ => 3 };
        var letIn = CommonOptions.Seconds("--let-in", "Seconds after the attack in which a new client must be let in.", 15);
        var kept = new Option<double>("--max-kept") { Description = "Percent of the group that the node may use more afterwards than before.", DefaultValueFactory = _ => 15 };
        return ScenarioCommand.Create(
            "parts",
            "Clients without end that send parts of everything and no more, on a node with little memory: whether it lives, what the others get meanwhile, and what is back afterwards.",
            [group, over, kinds, sockets, rate, addresses, nice, honest, pings, calm, duration, ratio, letIn, kept],
            (loop, target, parsed) => PartsScenario.Run(loop, target, new PartsSettings(
                parsed.GetValue(group) * 1024L * 1024,
                parsed.GetValue(over)!,
                parsed.GetValue(kinds)!,
                Math.Max(1, parsed.GetValue(sockets)),
                Math.Max(1, parsed.GetValue(rate)),
                Math.Max(1, parsed.GetValue(addresses)),
                parsed.GetValue(nice),
                Math.Max(1, parsed.GetValue(honest)),
                Math.Max(1, parsed.GetValue(pings)),
                TimeSpan.FromSeconds(parsed.GetValue(calm)),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                parsed.GetValue(ratio),
                TimeSpan.FromSeconds(parsed.GetValue(letIn)),
                parsed.GetValue(kept))));
    }
}
