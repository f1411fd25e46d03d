namespace Gateway.Core.Handshake;

/// <summary>A page that answers a plain request.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Content">The whole content.</param>
internal sealed record HttpPage(int Status, string ContentType, string Content);
