namespace Gateway.Core.Telemetry;

/// <summary>A bound that clients can reach; what happens then, docs/operations.md says.</summary>
internal enum Limit
{
    AddressConnections,
    AddressHandshakes,
    UserConnections,
    Handshakes,
    Commands,
    Bytes,
    ControlFrames,
    Refreshes,
    Subscriptions,
    Channels,
    ChannelShares,
    AddressChannels,
    UserChannels,
    Memory,
}

internal static class Limits
{
    public static IReadOnlyList<Limit> All { get; } = Enum.GetValues<Limit>();

    public static string Label(this Limit limit) => limit switch
    {
        Limit.AddressConnections => "address_connections",
        Limit.AddressHandshakes => "address_handshakes",
        Limit.UserConnections => "user_connections",
        Limit.Handshakes => "handshakes",
        Limit.Commands => "commands",
        Limit.Bytes => "bytes",
        Limit.ControlFrames => "control_frames",
        Limit.Refreshes => "refreshes",
        Limit.Subscriptions => "subscriptions",
        Limit.Channels => "channels",
        Limit.ChannelShares => "channel_shares",
        Limit.AddressChannels => "address_channels",
        Limit.UserChannels => "user_channels",
        _ => "memory",
    };

    /// <summary>The option that sets it, or the options.</summary>
    public static string Option(this Limit limit) => limit == Limit.Memory ? "what clients may make the node keep (Gateway:Memory:WaitingPercent, ClientsPercent)" : "Gateway:Limits:" + limit switch
    {
        Limit.AddressConnections => "MaxConnectionsPerAddress",
        Limit.AddressHandshakes => "HandshakesPerSecondPerAddress",
        Limit.UserConnections => "MaxConnectionsPerUser",
        Limit.Handshakes => "HandshakesPerSecond",
        Limit.Commands => "CommandsPerSecond",
        Limit.Bytes => "BytesPerSecond",
        Limit.ControlFrames => "ControlFramesPerSecond",
        Limit.Refreshes => "RefreshesPerMinute",
        Limit.Subscriptions => "MaxSubscriptions",
        Limit.ChannelShares => "ReservedPercent",
        Limit.AddressChannels => "MaxChannelsPerAddress",
        Limit.UserChannels => "MaxChannelsPerUser",
        _ => "MaxChannels",
    };
}
