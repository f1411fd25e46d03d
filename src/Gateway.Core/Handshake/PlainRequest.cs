namespace Gateway.Core.Handshake;

/// <summary>A valid <c>GET</c> or <c>HEAD</c> that asks for no WebSocket.</summary>
/// <param name="Path">As it was sent, not decoded; begins with <c>/</c>.</param>
/// <param name="Host">Host and port that the client meant; null: HTTP/1.0, which need not say.</param>
/// <param name="IsHead">The answer has no content, RFC 9110 §9.3.2.</param>
internal sealed record PlainRequest(string Path, string? Host, bool IsHead);
