using System.Globalization;

namespace Gateway.Configuration;

/// <summary>Judges the few logging settings that the logging library would meet with an exception or with silence.</summary>
internal static class LoggingRules
{
    private static readonly string[] Formatters = ["simple", "json", "systemd"];

    private static readonly string[] Levels = Enum.GetNames<LogLevel>();

    private static readonly string[] LevelSections = ["Logging:LogLevel", "Logging:Console:LogLevel"];

    public static IEnumerable<ConfigurationError> Check(IConfiguration configuration)
    {
        var formatter = configuration["Logging:Console:FormatterName"];
        if (!string.IsNullOrEmpty(formatter) && !Formatters.Contains(formatter, StringComparer.OrdinalIgnoreCase))
            yield return new("Logging:Console:FormatterName", formatter, "is not a format.", "Set one of simple, json, systemd.");

        const string Waiting = "Logging:Console:MaxQueueLength", WhenFull = "Logging:Console:QueueFullMode";
        if (configuration[Waiting] is { } waiting
            && !(int.TryParse(waiting.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var lines) && lines >= 1))
        {
            yield return new(Waiting, waiting, "is not a number of lines.", "Set a whole number, at least 1.");
        }

        if (configuration[WhenFull] is { } mode)
            yield return new(WhenFull, mode, "has no effect: nobody waits for the log, and what finds no place is dropped and counted.", "Remove it.");

        foreach (var level in LevelSections.SelectMany(path => configuration.GetSection(path).GetChildren())
            .Append(configuration.GetSection("Logging:Console:LogToStandardErrorThreshold")))
        {
            if (level.Value is { } value && !Levels.Contains(value, StringComparer.OrdinalIgnoreCase))
                yield return new(level.Path, value, "is not a level.", "Set one of " + string.Join(", ", Levels) + ".");
        }
    }
}
