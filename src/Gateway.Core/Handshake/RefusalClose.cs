using Gateway.Core.Framing;

namespace Gateway.Core.Handshake;

/// <summary>
/// Refusals as close frames. A browser tells a page nothing of an HTTP answer (WHATWG WebSockets, "fail the WebSocket connection"): one that says
/// that the token is no good looks as a server that is not there, and is tried again for ever.
/// </summary>
internal static class RefusalClose
{
    /// <summary>Offered by clients that would be refused so.</summary>
    public const string Subprotocol = "gateway.refusals";

    /// <summary>The frame that refuses; null: it is to be done by HTTP. What will pass (503) is not worth an upgrade: the node may be in need.</summary>
    public static OutboundFrame? For(Refusal refusal, UpgradeRequest request) =>
        refusal.Status is 400 or 401 or 403 or 404 or 429 && request.Subprotocols.Contains(Subprotocol)
            ? OutboundFrame.Close((CloseCode)(4000 + refusal.Status), refusal.Reason)
            : null;
}
