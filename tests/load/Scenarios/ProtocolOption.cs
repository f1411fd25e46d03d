using System.CommandLine;

namespace Gateway.Load.Scenarios;

/// <summary>The client protocol of subscribers.</summary>
internal static class ProtocolOption
{
    public const string Plain = "plain";
    public const string Json = "json";

    /// <summary>Of a peer, not of the gateway.</summary>
    public const string SignalR = "signalr";

    public static Option<string> Create() =>
        new Option<string>("--protocol") { Description = "Client protocol: plain, json, or a SignalR hub's.", DefaultValueFactory = _ => Plain }.AcceptOnlyFromAmong(Plain, Json, SignalR);
}
