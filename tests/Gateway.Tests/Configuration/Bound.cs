using Gateway.Configuration;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Configuration;

/// <summary>
/// Binds settings of a few values, later over earlier, as the program does. That a token is needed is said unless a test says otherwise:
/// who says nothing of it has an error in every configuration.
/// </summary>
internal static class Bound
{
    public static (GatewaySettings Settings, IReadOnlyList<ConfigurationError> Errors) Of(params (string Key, string? Value)[] values) =>
        Silent([("Gateway:Auth:AllowAnonymous", "false"), .. values]);

    /// <summary>The same without that word.</summary>
    public static (GatewaySettings Settings, IReadOnlyList<ConfigurationError> Errors) Silent(IEnumerable<(string Key, string? Value)> values, string environment = "Production") =>
        GatewaySettings.Bind(
            new ConfigurationBuilder().AddInMemoryCollection(values.Reverse().DistinctBy(pair => pair.Key).Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Build(),
            environment);
}
