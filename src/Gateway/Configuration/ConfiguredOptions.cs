namespace Gateway.Configuration;

/// <summary>An option that the configuration sets.</summary>
/// <param name="Option">The option.</param>
/// <param name="Key">Its full name here: with its own index, if it belongs to an item of a list.</param>
/// <param name="Value">The value as it was given.</param>
internal readonly record struct ConfiguredOption(OptionDescription Option, string Key, string Value);

/// <summary>Finds which known options a configuration sets, and which of its keys are none.</summary>
internal static class ConfiguredOptions
{
    public static IEnumerable<ConfiguredOption> Find(IConfiguration configuration) =>
        from item in All(configuration)
        let value = configuration[item.Key]
        where value is not null
        select new ConfiguredOption(item.Option, item.Key, value);

    /// <summary>Those that a file sets to null, which is as good as not set.</summary>
    public static IEnumerable<(OptionDescription Option, string Key)> FindNull(IConfiguration configuration)
    {
        var without = configuration.GetSection(OptionCatalog.Root).AsEnumerable().Where(pair => pair.Value is null).Select(pair => pair.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return All(configuration).Where(item => without.Contains(item.Key));
    }

    private static IEnumerable<(OptionDescription Option, string Key)> All(IConfiguration configuration) =>
        from section in OptionCatalog.Sections
        from path in Paths(section, configuration)
        from option in section.Options
        from key in Keys(option, path, section, configuration)
        select (option, key);

    /// <summary>Every key under <c>Gateway:</c> that has a value and belongs to no option.</summary>
    public static IEnumerable<string> FindUnknown(IConfiguration configuration)
    {
        var known = Find(configuration).Select(option => option.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return configuration.GetSection(OptionCatalog.Root).AsEnumerable()
            .Where(pair => !string.IsNullOrEmpty(pair.Value) && !known.Contains(pair.Key))
            .Select(pair => pair.Key)
            .Order(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The option's own name under a path of its section; for a list, that of each of its items.</summary>
    private static IEnumerable<string> Keys(OptionDescription option, string path, OptionSection section, IConfiguration configuration)
    {
        // "*" in the section's path and the index in its place in the option's name are equally long.
        var key = path + option.Name[section.Path.Length..];
        return option.IsList ? configuration.GetSection(key[..^":0".Length]).GetChildren().Select(item => item.Path) : [key];
    }

    private static IEnumerable<string> Paths(OptionSection section, IConfiguration configuration)
    {
        var parts = section.Path.Split(":*");
        return parts.Skip(1).Aggregate<string, IEnumerable<string>>([parts[0]], (lists, rest) =>
            lists.SelectMany(list => configuration.GetSection(list).GetChildren()).Select(item => item.Path + rest));
    }
}
