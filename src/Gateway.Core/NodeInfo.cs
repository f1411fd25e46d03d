namespace Gateway.Core;

/// <summary>Who published.</summary>
public enum PublicationSource
{
    /// <summary>A backend, by the admin API.</summary>
    Api,

    /// <summary>A client.</summary>
    Client,
}

/// <summary>Where a connection was found that is to be disconnected.</summary>
public enum DisconnectResult
{
    /// <summary>On this node; its close frame is on the way.</summary>
    Local,

    /// <summary>Not on this node; the others were told.</summary>
    Relayed,
}

/// <summary>One connection, for operators.</summary>
/// <param name="Id">16 hexadecimal digits.</param>
/// <param name="Protocol">Client protocol; empty during the handshake.</param>
/// <param name="State">Of its life: handshaking, admitting, open, closing, closed.</param>
/// <param name="RemoteAddress">The client's address, as trusted proxies tell it, and port where it is known.</param>
/// <param name="LocalAddress">Where it connected to.</param>
/// <param name="ConnectedAt">When it was accepted.</param>
/// <param name="Channels">Its subscriptions, at most 1,000 of them.</param>
/// <param name="Subscriptions">How many they are.</param>
/// <param name="QueuedBytes">Bytes waiting for it.</param>
/// <param name="IdleSeconds">Since something came from it.</param>
public sealed record ConnectionInfo(
    string Id,
    string Protocol,
    string State,
    string? RemoteAddress,
    string? LocalAddress,
    DateTimeOffset ConnectedAt,
    IReadOnlyList<string> Channels,
    int Subscriptions,
    long QueuedBytes,
    double IdleSeconds);

/// <summary>One channel on this node, for operators.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Subscribers">Active subscriptions on this node.</param>
/// <param name="State">At the broker: idle, subscribing, subscribed, leaving.</param>
public sealed record ChannelInfo(string Name, int Subscribers, string State);

/// <summary>In which order channels are listed.</summary>
public enum ChannelOrder
{
    /// <summary>By name.</summary>
    Name,

    /// <summary>Those with the most subscribers on this node first, then by name.</summary>
    Subscribers,
}

/// <summary>Whether the node should be sent clients.</summary>
/// <param name="Ready">It should.</param>
/// <param name="Reason">One line for an operator.</param>
public readonly record struct NodeReadiness(bool Ready, string Reason);
