using System.Text.Json;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>What the process of attackers says, a line a second.</summary>
/// <param name="Connected">Connections that stand.</param>
/// <param name="Handshakes">Connections that stood at some time.</param>
/// <param name="SentBytes">That the kernel took, TLS not counted.</param>
/// <param name="Ends">How often the node ended one, by HTTP status or close code, or without either: "cut".</param>
internal sealed record PartStatus(long Connected, long Handshakes, long SentBytes, Dictionary<string, long> Ends)
{
    private const string Mark = "parts ";

    public static PartStatus None { get; } = new(0, 0, 0, []);

    public string Write() => Mark + JsonSerializer.Serialize(this);

    /// <summary>Null: the line is something else.</summary>
    public static PartStatus? Read(string line) =>
        line.StartsWith(Mark, StringComparison.Ordinal) ? JsonSerializer.Deserialize<PartStatus>(line.AsSpan(Mark.Length)) : null;
}
