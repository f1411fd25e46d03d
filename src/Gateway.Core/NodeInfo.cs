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
