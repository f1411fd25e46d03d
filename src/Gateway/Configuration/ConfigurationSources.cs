namespace Gateway.Configuration;

/// <summary>
/// Where the configuration comes from, later over earlier: defaults that depend on the environment, appsettings.json and
/// appsettings.{Environment}.json next to the program and then in the working directory, environment variables, command line.
/// </summary>
internal static class ConfigurationSources
{
    private static readonly string[] EnvironmentVariables = ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    /// <exception cref="InvalidDataException">A file is not JSON; the message says which and where.</exception>
    public static IConfigurationRoot Build(CommandLine line, string environment) =>
        Build(line, environment, [AppContext.BaseDirectory, Directory.GetCurrentDirectory()], sources => sources.AddEnvironmentVariables());

    internal static IConfigurationRoot Build(
        CommandLine line, string environment, IEnumerable<string> folders, Action<IConfigurationBuilder> addEnvironmentVariables)
    {
        var builder = new ConfigurationBuilder().AddInMemoryCollection(Defaults(environment));
        foreach (var folder in folders.Select(Path.TrimEndingDirectorySeparator).Distinct())
        {
            // Not watched, which would cost a thread and inotify handles, and see no mounted ConfigMap change: RulesReload looks at them.
            builder.AddJsonFile(Path.Combine(folder, "appsettings.json"), optional: true, reloadOnChange: false);
            builder.AddJsonFile(Path.Combine(folder, $"appsettings.{environment}.json"), optional: true, reloadOnChange: false);
        }

        addEnvironmentVariables(builder);
        return builder.AddInMemoryCollection(line.Values).Build();
    }

    /// <summary><c>--environment</c>, else the environment's word, else Production.</summary>
    public static string EnvironmentName(CommandLine line) =>
        line.Values.GetValueOrDefault("environment")
        ?? EnvironmentVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(name => !string.IsNullOrEmpty(name))
        ?? "Production";

    private static Dictionary<string, string?> Defaults(string environment)
    {
        var defaults = new Dictionary<string, string?>
        {
            // Text for a person at a terminal, JSON for whatever collects logs.
            ["Logging:Console:FormatterName"] = Console.IsOutputRedirected ? "json" : "simple",
        };
        // Elsewhere it stays unsaid, so that it is seen whether somebody has said it.
        if (string.Equals(environment, "Development", StringComparison.OrdinalIgnoreCase))
        {
            defaults["Gateway:Auth:AllowAnonymous"] = "true";
            defaults["Gateway:Auth:AllowLocalOrigins"] = "true";
        }

        return defaults;
    }
}
