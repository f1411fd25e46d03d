using Gateway.Core.Handshake;

namespace Gateway.Core.Connections;

/// <summary>Chooses the client protocol that serves a request.</summary>
internal interface IProtocolSelector
{
    ProtocolMatch Select(UpgradeRequest request);
}

/// <summary>The protocol that serves a request, or the refusal.</summary>
/// <param name="Handler">The protocol; null when refused.</param>
/// <param name="Subprotocol">What the response names; null: none.</param>
/// <param name="State">Becomes <see cref="Connection.ProtocolState"/>.</param>
/// <param name="Refusal">Why not.</param>
internal readonly record struct ProtocolMatch(IMessageHandler? Handler, string? Subprotocol, object? State, Refusal? Refusal)
{
    public static ProtocolMatch Of(IMessageHandler handler, string? subprotocol = null, object? state = null) =>
        new(handler, subprotocol, state, null);

    public static ProtocolMatch Refuse(int status, string reason) => Refuse(new Refusal(status, reason));

    public static ProtocolMatch Refuse(Refusal refusal) => new(null, null, null, refusal);
}
