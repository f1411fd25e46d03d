using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Mixed;

/// <summary>The options of a mixed load, which two scenarios have.</summary>
internal sealed class MixedOptions
{
    private readonly Option<int> _subscribers = CommonOptions.Count("--subscribers", "Clients that are subscribed for good.", 500);
    private readonly Option<int> _channels = CommonOptions.Count("--channels", "Their channels.", 20, 1000);
    private readonly Option<int> _each = CommonOptions.Count("--each", "Channels of each subscriber.", 3, 100);
    private readonly Option<int> _size = CommonOptions.Count("--size", $"Bytes of a publication and of an echoed message, {Stamp.MinBytes} at least.", 256, 64 * 1024);
    private readonly Option<int> _publications = CommonOptions.Count("--publications", "Publications a second over all channels.", 100, 100_000);
    private readonly Option<int> _echoClients = CommonOptions.Count("--echo-clients", "Clients that send messages to /echo.", 100);
    private readonly Option<int> _echoes = CommonOptions.Count("--echoes", "Messages a second of all of these.", 500, 1_000_000);
    private readonly Option<int> _churnClients = CommonOptions.Count("--churn-clients", "Clients that subscribe, ping, unsubscribe.", 100);
    private readonly Option<int> _commands = CommonOptions.Count("--commands", "Commands a second of all of these.", 500, 1_000_000);
    private readonly Option<string> _protocol = ProtocolOption.Create();

    public IReadOnlyList<Option> All => [_subscribers, _channels, _each, _size, _publications, _echoClients, _echoes, _churnClients, _commands, _protocol];

    public MixedSettings Read(ParseResult parsed) => new(
        Math.Max(1, parsed.GetValue(_subscribers)),
        Math.Max(1, parsed.GetValue(_channels)),
        Math.Max(1, parsed.GetValue(_each)),
        Math.Max(Stamp.MinBytes, parsed.GetValue(_size)),
        Math.Max(1, parsed.GetValue(_publications)),
        Math.Max(1, parsed.GetValue(_echoClients)),
        Math.Max(1, parsed.GetValue(_echoes)),
        Math.Max(1, parsed.GetValue(_churnClients)),
        Math.Max(1, parsed.GetValue(_commands)),
        parsed.GetValue(_protocol)!);
}
