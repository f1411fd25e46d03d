using System.Globalization;

namespace Gateway.Configuration;

/// <summary>Sizes as people write them: <c>1MiB</c>, <c>64KiB</c>, <c>1MB</c>, or a bare number of bytes.</summary>
internal static class SizeText
{
    public const string Example = "a number of bytes or a size such as 64KiB or 1MiB";

    private static readonly (string Suffix, long Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1000), ("MB", 1000_000), ("GB", 1000_000_000), ("TB", 1000_000_000_000), ("B", 1), ("", 1)];

    public static bool TryParse(string text, out long bytes)
    {
        text = text.Trim();
        bytes = 0;
        foreach (var (suffix, unit) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number > long.MaxValue / unit
                || number * unit != decimal.Truncate(number * unit))
            {
                return false;
            }

            bytes = (long)(number * unit);
            return true;
        }

        return false;
    }

    /// <summary>The shortest way to write it that <see cref="TryParse"/> reads.</summary>
    public static string Format(long bytes) => bytes switch
    {
        0 => "0",
        _ when bytes % (1L << 40) == 0 => Write(bytes >> 40, "TiB"),
        _ when bytes % (1L << 30) == 0 => Write(bytes >> 30, "GiB"),
        _ when bytes % (1L << 20) == 0 => Write(bytes >> 20, "MiB"),
        _ when bytes % (1L << 10) == 0 => Write(bytes >> 10, "KiB"),
        _ => Write(bytes, ""),
    };

    private static string Write(long number, string unit) => number.ToString(CultureInfo.InvariantCulture) + unit;
}
