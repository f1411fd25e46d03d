using System.Text.RegularExpressions;

namespace Gateway.Configuration;

/// <summary>What was set, means nothing, and was most often meant to be an option.</summary>
/// <param name="Key">As it was written: a key under <c>Gateway:</c>, <c>--port</c>, <c>GATEWAY_REDIS_CONFIGURATION</c>.</param>
/// <param name="Nearest">The option whose name is nearest, written in the same way.</param>
internal readonly partial record struct UnknownOption(string Key, string Nearest)
{
    private const string CommandLinePrefix = "--";

    /// <summary>What other programs call it, where no letters of ours are near.</summary>
    private static readonly Dictionary<string, string> OtherWords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["address"] = "Gateway:Endpoints:0:Address",
        ["bind"] = "Gateway:Endpoints:0:Address",
        ["host"] = "Gateway:Endpoints:0:Address",
        ["http:ports"] = "Gateway:Endpoints:0:Address",
        ["listen"] = "Gateway:Endpoints:0:Address",
        ["port"] = "Gateway:Endpoints:0:Address",
        ["url"] = "Gateway:Endpoints:0:Address",
        ["urls"] = "Gateway:Endpoints:0:Address",
        ["redis"] = "Gateway:Redis:Configuration",
        ["redis:host"] = "Gateway:Redis:Configuration",
        ["redis:url"] = "Gateway:Redis:Configuration",
    };

    /// <summary>Each option's name with its ends, the whole of it first; those in capitals.</summary>
    private static readonly (string Name, string[] Ends)[] Names =
        [.. OptionCatalog.Options.Select(static option => (option.Name, Ends(option.Name.ToUpperInvariant()).ToArray()))];

    /// <summary>A key of the configuration.</summary>
    public static UnknownOption Of(string key) => new(key, NearestTo(key));

    /// <summary>A key that the command line sets.</summary>
    public static UnknownOption OfCommandLine(string key) => new(CommandLinePrefix + key, CommandLinePrefix + NearestTo(key));

    /// <summary>An environment variable.</summary>
    public static UnknownOption OfEnvironment(string variable) => new(variable, NearestTo(variable).Replace(":", "__", StringComparison.Ordinal));

    private static string NearestTo(string written)
    {
        var key = Separators().Replace(written, ":").Trim(':').ToUpperInvariant();
        var root = OptionCatalog.Root.ToUpperInvariant() + ":";
        if (OtherWords.TryGetValue(key.StartsWith(root, StringComparison.Ordinal) ? key[root.Length..] : key, out var meant))
            return meant;
        // By the end of its name too: whoever leaves out the root, or more, has written nothing wrong beside that.
        return Names.MinBy(option =>
        {
            var distances = Array.ConvertAll(option.Ends, end => Distance(key, end));
            return (distances.Min(), distances[0]);
        }).Name;
    }

    private static IEnumerable<string> Ends(string name)
    {
        for (var start = 0; start >= 0 && start < name.Length; start = name.IndexOf(':', start) is >= 0 and var colon ? colon + 1 : -1)
            yield return name[start..];
    }

    /// <summary>Levenshtein's: how many letters must be inserted, removed or replaced.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }

    [GeneratedRegex("[-_.:]+")]
    private static partial Regex Separators();
}
