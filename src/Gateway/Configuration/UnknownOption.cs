namespace Gateway.Configuration;

/// <summary>A key under <c>Gateway:</c> that means nothing, most often a slip of the pen.</summary>
/// <param name="Key">The key.</param>
/// <param name="Nearest">The option whose name is nearest.</param>
internal readonly record struct UnknownOption(string Key, string Nearest)
{
    public static UnknownOption Of(string key) =>
        new(key, OptionCatalog.Options.MinBy(option => Distance(key.ToUpperInvariant(), option.Name.ToUpperInvariant()))!.Name);

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
}
