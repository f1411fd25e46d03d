using System.CommandLine;
using System.Net;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>The process of attackers, which the scenario starts. Not for people: it says <see cref="PartStatus"/>, and ends when its input does.</summary>
internal static class PartAttackersCommand
{
    public const string Name = "parts-attackers";
    public const string Target = "--target";
    public const string Proxy = "--proxy";
    public const string Tls = "--tls";
    public const string Kinds = "--kinds";
    public const string Sockets = "--sockets";
    public const string Rate = "--rate";
    public const string Addresses = "--addresses";
    public const string Pieces = "--pieces";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var target = new Option<string>(Target) { Required = true };
        var proxy = new Option<string?>(Proxy);
        var tls = new Option<bool>(Tls);
        var kinds = new Option<string[]>(Kinds) { AllowMultipleArgumentsPerToken = true, Required = true };
        var (sockets, rate, addresses, pieces) = (new Option<int>(Sockets), new Option<int>(Rate), new Option<int>(Addresses), new Option<int>(Pieces));
        var command = new Command(Name) { target, proxy, tls, kinds, sockets, rate, addresses, pieces };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => RunAsync(
            new PartSettings(
                IPEndPoint.Parse(parsed.GetValue(target)!),
                parsed.GetValue(proxy) is { } text ? IPEndPoint.Parse(text) : null,
                parsed.GetValue(tls),
                [.. parsed.GetValue(kinds)!.Select(name => PartKind.All.First(kind => kind.Name == name))],
                parsed.GetValue(sockets),
                parsed.GetValue(rate),
                parsed.GetValue(addresses),
                parsed.GetValue(pieces)),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(PartSettings settings, CancellationToken interrupted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var count = new PartCount();
        var listening = Task.Run(() => Listen(end), CancellationToken.None);
        var attack = new PartCrowd(settings, count).RunAsync(end.Token);
        while (!end.IsCancellationRequested)
        {
            Console.WriteLine(count.Status().Write());
            await Task.WhenAny(Task.Delay(Interval, CancellationToken.None), listening);
        }

        await attack;
        return 0;
    }

    private static void Listen(CancellationTokenSource end)
    {
        while (Console.In.ReadLine() is not null)
        {
            // Nothing is said to it but that it is over, by the end.
        }

        end.Cancel();
    }
}
