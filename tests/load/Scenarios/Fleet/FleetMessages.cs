using System.Text.Json;

namespace Gateway.Load.Scenarios.Fleet;

/// <summary>What a process of clients says while it runs.</summary>
/// <param name="Open">Connections that stand.</param>
/// <param name="IsSettled">Each has opened or failed.</param>
/// <param name="Started">Subscribers that have got something.</param>
/// <param name="Deliveries">Publications received.</param>
/// <param name="FirstFailure">Why the first that failed did; null: none has.</param>
internal sealed record FleetStatus(int Open, bool IsSettled, int Started, long Deliveries, string? FirstFailure);

/// <summary>What it says in the end.</summary>
/// <param name="Open">Connections that stood until the end.</param>
/// <param name="Lost">Publications that subscribers never got, over all of them.</param>
/// <param name="Duplicated">That came again.</param>
/// <param name="Disordered">That came late.</param>
/// <param name="Latency">From publish to receive, as counts by microseconds.</param>
internal sealed record FleetResult(int Open, long Lost, long Duplicated, long Disordered, long[][] Latency);

/// <summary>Both as lines of text, and what the fleet says to its processes of clients: one word a line.</summary>
internal static class FleetLine
{
    /// <summary>Counting begins: those who are connected now must get all.</summary>
    public const string Begin = "begin";

    /// <summary>In front of the number of publications: wait for the last, answer with the result, and end.</summary>
    public const string End = "end ";

    private const string StatusMark = "status ";
    private const string ResultMark = "result ";

    public static string Write(FleetStatus status) => StatusMark + JsonSerializer.Serialize(status);

    public static string Write(FleetResult result) => ResultMark + JsonSerializer.Serialize(result);

    public static FleetStatus? ReadStatus(string line) => Read<FleetStatus>(line, StatusMark);

    public static FleetResult? ReadResult(string line) => Read<FleetResult>(line, ResultMark);

    private static T? Read<T>(string line, string mark)
        where T : class =>
        line.StartsWith(mark, StringComparison.Ordinal) ? JsonSerializer.Deserialize<T>(line.AsSpan(mark.Length)) : null;
}
