using Gateway.Load.Server;

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

    // An operator who does not know how many clients an address has.
    private static readonly (string, string)[] OfAnyAddress =
    [
        ("Gateway:Limits:MaxConnectionsPerAddress", "0"),
        ("Gateway:Limits:HandshakesPerSecondPerAddress", "0"),
    ];

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
        new("parts", 240, [], [429, 503, 1008, 1013, 4408, 4429], "bytes", static () => new PartAttackers()) { Probe = Newcomers.ComeInAsync },
        new("costly", 16, [], [429, 1008, 1009, 1013, 4400, 4429], "", static () => new FrameAttackers(FloodFrames.CostlyMessages)) { Probe = Newcomers.ComeInAsync },
        // Three times as many as there are places for TLS handshakes, on a node that does not bound an address: its own share must do.
        new("half-open-tls", 3072, OfAnyAddress, [], "", static () => new HalfOpenTlsAttackers()) { IsTls = true, Probe = Newcomers.ComeInOverTlsAsync },
        new("channels", 250, OfAnyAddress, [429, 503], "", static () => new ChannelAttackers()) { MayStay = true, Probe = Newcomers.HaveAChannelAsync },
        new(
            "authorizer",
            40,
            [],
            [429, 4429],
            "",
            static () => new SubscribeAttackers(eachPerSecond: 25, AuthorizerBackend.Asked)) // together more than the backend can answer
        {
            HasBackend = true, MayStay = true, Probe = Newcomers.HearTheBackendAsync,
        },
    ];

    /// <summary>Whether the attackers' endpoint speaks TLS.</summary>
    public bool IsTls { get; private init; }

    /// <summary>Whether a backend is asked who may.</summary>
    public bool HasBackend { get; private init; }

    /// <summary>Whether the node need not end any.</summary>
    public bool MayStay { get; private init; }

    /// <summary>What newcomers want meanwhile; null: there are none.</summary>
    public Probe? Probe { get; private init; }

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
