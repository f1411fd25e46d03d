using Gateway.Core.Handshake;

namespace Gateway.Core.Connections;

/// <summary>What is served to those who ask for no WebSocket.</summary>
internal interface IHttpPages
{
    PlainMatch Select(PlainRequest request);
}

/// <summary>The page that answers a plain request, or the refusal.</summary>
/// <param name="Page">The page; null when refused.</param>
/// <param name="Label">The page's name in metrics.</param>
/// <param name="Refusal">Why not.</param>
internal readonly record struct PlainMatch(HttpPage? Page, string? Label, Refusal? Refusal)
{
    public static PlainMatch Of(HttpPage page, string label) => new(page, label, null);

    public static PlainMatch Refuse(Refusal refusal) => new(null, null, refusal);
}
