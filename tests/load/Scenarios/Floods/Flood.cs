namespace Gateway.Load.Scenarios.Floods;

/// <summary>A kind of attack, and how the node ends it.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Clients">Connections that attack at once.</param>
/// <param name="Options">Of the node, beyond what an operator sets who puts it on the internet.</param>
/// <param name="Ends">Close codes and HTTP statuses with which it may end; none: it is only told no.</param>
/// <param name="Limit">The label of the limit that it must reach.</param>
/// <param name="Attackers">The clients.</param>
internal sealed record Flood(string Name, int Clients, (string, string)[] Options, int[] Ends, string Limit, Func<Attackers> Attackers)
{
    public const int ChannelsMost = 25_000;

    public static IReadOnlyList<Flood> All { get; } =
    [
        // More than twice as many sockets as the address may have connections: some are not worth an answer.
        new("handshakes", 1024, [], [429], "address_handshakes", static () => new HandshakeAttackers()),
        new("pings", 20, [], [429, 4429], "control_frames", static () => new FrameAttackers(FloodFrames.Pings)),
        new("fragments", 20, [], [429, 4429], "bytes", static () => new FrameAttackers(FloodFrames.TinyFragments)),
        new("empty-fragments", 20, [("Gateway:Limits:BytesPerSecond", "0")], [429, 1009], "", static () => new FrameAttackers(FloodFrames.EmptyFragments)),
        new("subscribes", 20, [], [429, 4429], "commands", static () => new SubscribeAttackers(eachPerSecond: int.MaxValue)),
        new(
            "names",
            200,
            [("Gateway:Limits:CommandsPerSecond", "150"), ("Gateway:Limits:MaxSubscriptions", "1000000"), ("Gateway:Limits:MaxChannels", $"{ChannelsMost}")],
            [],
            "channel_shares",
            static () => new SubscribeAttackers(eachPerSecond: 105)), // who keeps to the limit of commands is not closed
    ];

    /// <summary>What an operator sets who puts a node on the internet, and knows the clients: a phone sends a command now and then.</summary>
    public IEnumerable<(string, string)> NodeOptions =>
    [
        ("Gateway:Limits:MaxConnectionsPerAddress", "250"),
        ("Gateway:Limits:HandshakesPerSecondPerAddress", "250"),
        ("Gateway:Limits:CommandsPerSecond", "50"),
        ("Gateway:Limits:BytesPerSecond", "65536"),
        ("Gateway:Limits:ControlFramesPerSecond", "50"),
        .. Options,
    ];
}
