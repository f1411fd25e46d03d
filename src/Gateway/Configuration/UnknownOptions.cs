using System.Text.RegularExpressions;

namespace Gateway.Configuration;

/// <summary>
/// Finds what was set in the belief that it is an option: every key under <c>Gateway:</c>, every option of the command line, and every
/// environment variable that begins with the program's name.
/// </summary>
internal static partial class UnknownOptions
{
    // Read by the host, by logging and by OpenTelemetry.
    private static readonly string[] OthersKeys = ["environment"];
    private static readonly string[] OthersPrefixes = ["Logging:", "OTEL_"];

    /// <param name="configuration">All of it.</param>
    /// <param name="commandLine">The keys that the command line sets.</param>
    public static IEnumerable<UnknownOption> Find(IConfiguration configuration, IEnumerable<string> commandLine) =>
    [
        .. ConfiguredOptions.FindUnknown(configuration).Select(UnknownOption.Of),
        .. commandLine.Where(IsNobodys).Order(StringComparer.OrdinalIgnoreCase).Select(UnknownOption.OfCommandLine),
        .. configuration.GetChildren().Where(IsVariableOfOurs).Select(child => child.Key).Except(commandLine, StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase).Select(UnknownOption.OfEnvironment),
    ];

    private static bool IsNobodys(string key) =>
        !IsUnder(key, OptionCatalog.Root + ":") && !OthersKeys.Contains(key, StringComparer.OrdinalIgnoreCase) && !OthersPrefixes.Any(prefix => IsUnder(key, prefix));

    private static bool IsUnder(string key, string prefix) => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Beside the section itself. Kubernetes tells a pod of each Service in such variables, and one may be called gateway.</summary>
    private static bool IsVariableOfOurs(IConfigurationSection child) =>
        IsUnder(child.Key, OptionCatalog.Root) && child.Key.Length > OptionCatalog.Root.Length
        && !string.IsNullOrEmpty(child.Value) && !ServiceVariable().IsMatch(child.Key) && !ServiceAddress().IsMatch(child.Value);

    [GeneratedRegex(@"_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP|SCTP)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ServiceVariable();

    [GeneratedRegex("^(tcp|udp|sctp)://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ServiceAddress();
}
