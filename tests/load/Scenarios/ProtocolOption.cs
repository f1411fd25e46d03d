using System.CommandLine;

namespace Gateway.Load.Scenarios;

/// <summary>The client protocol of subscribers.</summary>
internal static class ProtocolOption
{
    public const string Plain = "plain";
    public const string Json = "json";

    public static Option<string> Create() =>
        new Option<string>("--protocol") { Description = "Client protocol: plain or json.", DefaultValueFactory = _ => Plain }.AcceptOnlyFromAmong(Plain, Json);
}
