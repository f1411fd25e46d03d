using System.Text.RegularExpressions;
using Gateway.Configuration;

namespace Gateway.Docs;

/// <summary>The tables of options in docs/operations.md: which rows a table has is written by hand, what a row says comes from the option.</summary>
internal static partial class OptionRows
{
    /// <summary>The page with every row as its option is now. A row of no option stays, for the tests to find.</summary>
    public static string Renew(string page)
    {
        var options = OptionCatalog.Options.ToDictionary(option => option.Name);
        return Row().Replace(page, row => options.TryGetValue(row.Groups[1].Value, out var option) ? Of(option) : row.Value);
    }

    public static string Of(OptionDescription option) =>
        $"| `{option.Name}` | {(option.Default.Length == 0 ? "empty" : $"`{option.Default}`")} | {option.Bounds} | {option.Meaning} |";

    /// <summary>Its first group is the option's name.</summary>
    [GeneratedRegex(@"^\| `(Gateway:[A-Za-z0-9:]+)` \|(?:[^|\n]*\|){3}$", RegexOptions.Multiline)]
    public static partial Regex Row();
}
