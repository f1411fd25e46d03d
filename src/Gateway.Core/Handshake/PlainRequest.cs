namespace Gateway.Core.Handshake;

/// <summary>A valid <c>GET</c> or <c>HEAD</c> that asks for no WebSocket.</summary>
/// <param name="Path">As it was sent, not decoded; begins with <c>/</c>.</param>
/// <param name="IsHead">The answer has no content, RFC 9110 §9.3.2.</param>
internal sealed record PlainRequest(string Path, bool IsHead);
