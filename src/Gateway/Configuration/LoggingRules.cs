namespace Gateway.Configuration;

/// <summary>Judges the few logging settings that the logging library would meet with an exception or with silence.</summary>
internal static class LoggingRules
{
    private static readonly string[] Formatters = ["simple", "json", "systemd"];

    private static readonly string[] LevelSections = ["Logging:LogLevel", "Logging:Console:LogLevel"];

    public static IEnumerable<ConfigurationError> Check(IConfiguration configuration)
    {
        var formatter = configuration["Logging:Console:FormatterName"];
        if (!string.IsNullOrEmpty(formatter) && !Formatters.Contains(formatter, StringComparer.OrdinalIgnoreCase))
            yield return new("Logging:Console:FormatterName", formatter, "is not a format.", "Set one of simple, json, systemd.");

        foreach (var level in LevelSections.SelectMany(path => configuration.GetSection(path).GetChildren()))
        {
            if (level.Value is { } value && !Enum.GetNames<LogLevel>().Contains(value, StringComparer.OrdinalIgnoreCase))
                yield return new(level.Path, value, "is not a level.", "Set one of " + string.Join(", ", Enum.GetNames<LogLevel>()) + ".");
        }
    }
}
