namespace Gateway.Load.Server;

/// <summary>A line of a node's log, in JSON or as text.</summary>
internal static class LogLine
{
    private static readonly string[] ErrorMarks =
    [
        "\"LogLevel\":\"Error\"", "\"LogLevel\":\"Critical\"", "\"Exception\":", // JSON
        "fail: ", "crit: ", "Unhandled exception", // text, and the runtime's last words
    ];

    /// <summary>Whether it tells of an error or an exception.</summary>
    public static bool IsError(string line) => ErrorMarks.Any(mark => line.Contains(mark, StringComparison.Ordinal));
}
