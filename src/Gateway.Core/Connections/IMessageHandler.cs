using Gateway.Core.Access;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>
/// A client protocol: what messages mean. One object serves all its connections; what belongs to one of them stands in
/// <see cref="Connection.ProtocolState"/>. Calls for one connection do not overlap, but for <see cref="OnGap"/>.
/// </summary>
internal interface IMessageHandler
{
    /// <summary>For metrics and the admin API: <c>json</c>, <c>plain</c>, <c>echo</c>.</summary>
    string Name { get; }

    /// <summary>Whose messages its are, for metrics.</summary>
    ClientProtocol Label => ClientProtocol.Other;

    /// <summary>Whether <see cref="Handshake.IAdmission"/> is asked.</summary>
    bool NeedsAdmission { get; }

    /// <summary>
    /// Whether an admitted client may have what its path asks for; null: it may. Asked before the upgrade is answered, so that nothing is
    /// begun for who is refused. While it is awaited the client's socket is not read.
    /// </summary>
    /// <param name="connection">The connection, which has no identity yet.</param>
    /// <param name="client">Who it is.</param>
    /// <param name="state">What becomes <see cref="Connection.ProtocolState"/>.</param>
    ValueTask<Refusal?> AuthoriseAsync(Connection connection, ClientIdentity client, object? state) => default;

    /// <summary>
    /// Knows by its beginning that a message will be refused, so that the rest is not decompressed; null: the protocol takes messages of all kinds. Such
    /// a message comes to <see cref="OnMessage"/> cut off, perhaps within a character.
    /// </summary>
    HopelessBeginning? IsHopeless => null;

    /// <summary>The upgrade's response is queued; what is queued here follows it.</summary>
    void OnOpen(Connection connection);

    /// <summary>A whole message came: text is valid UTF-8. The payload is valid during the call only.</summary>
    MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload);

    /// <summary>The frame that ends a connection for this reason.</summary>
    OutboundFrame CloseFrame(CloseReason reason);

    /// <summary>The node is about to close the connection, planned: <see langword="null"/>, or a frame that tells the client.</summary>
    /// <param name="comeBackAfter">When the client should connect again.</param>
    /// <param name="reason">The word of a <see cref="Farewell"/>.</param>
    OutboundFrame? FarewellFrame(TimeSpan comeBackAfter, string reason);

    /// <summary>The client's token expires soon: <see langword="null"/>, or a frame that tells the client.</summary>
    /// <param name="left">Until then.</param>
    OutboundFrame? ExpiringFrame(TimeSpan left) => null;

    /// <summary>A rule has dropped publications of a channel for the client: <see langword="null"/>, or a frame that tells it.</summary>
    OutboundFrame? SkippedFrame(string channel, long count) => null;

    /// <summary>The node was without the broker: publications may have been missed. Queues what the protocol has for that.</summary>
    /// <param name="connection">Whose client is told.</param>
    /// <param name="duration">For so long at most.</param>
    /// <param name="within">The client is to act upon it at a moment of its own within so long.</param>
    void OnGap(Connection connection, TimeSpan duration, TimeSpan within);

    /// <summary>The connection is gone.</summary>
    void OnClosed(Connection connection);
}

/// <summary>How a connection goes on after a message.</summary>
internal enum MessageResult : byte
{
    /// <summary>With the next one.</summary>
    Continue,

    /// <summary>When fewer commands are in flight; see <see cref="Connection.BeginCommand"/>.</summary>
    AwaitCommands,

    /// <summary>When what is queued has been sent: the client sends faster than it reads.</summary>
    AwaitSent,
}
