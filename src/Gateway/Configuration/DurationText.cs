using System.Globalization;

namespace Gateway.Configuration;

/// <summary>
/// Times as people write them: <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1h</c>, <c>00:00:30</c>, and a bare number as seconds, which
/// <see cref="TimeSpan.Parse(string)"/> would read as days.
/// </summary>
internal static class DurationText
{
    public const string Example = "a time such as 500ms, 30s, 2m, 1h or 00:00:30";

    private static readonly (string Suffix, decimal Milliseconds)[] Units =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("", 1000)]; // "ms" before "s", the bare number last

    public static bool TryParse(string text, out TimeSpan time)
    {
        text = text.Trim();
        time = default;
        if (text.Contains(':', StringComparison.Ordinal)) // all three parts: 00:30 may mean minutes to one and hours to another
            return text.Count(c => c == ':') == 2 && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time) && time >= TimeSpan.Zero;

        foreach (var (suffix, milliseconds) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number > long.MaxValue / TimeSpan.TicksPerMillisecond / milliseconds)
            {
                return false;
            }

            time = TimeSpan.FromTicks((long)(number * milliseconds * TimeSpan.TicksPerMillisecond));
            return true;
        }

        return false;
    }

    /// <summary>The shortest way to write it that <see cref="TryParse"/> reads.</summary>
    public static string Format(TimeSpan time) => time switch
    {
        _ when time == TimeSpan.Zero => "0s",
        _ when time.Ticks % TimeSpan.TicksPerHour == 0 => Write(time.TotalHours, "h"),
        _ when time.Ticks % TimeSpan.TicksPerMinute == 0 => Write(time.TotalMinutes, "m"),
        _ when time.Ticks % TimeSpan.TicksPerSecond == 0 => Write(time.TotalSeconds, "s"),
        _ => Write(time.TotalMilliseconds, "ms"),
    };

    private static string Write(double number, string unit) => number.ToString(CultureInfo.InvariantCulture) + unit;
}
