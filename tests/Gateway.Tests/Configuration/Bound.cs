using Gateway.Configuration;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Configuration;

/// <summary>Binds settings of a few values, later over earlier, as the program does.</summary>
internal static class Bound
{
    public static (GatewaySettings Settings, IReadOnlyList<ConfigurationError> Errors) Of(params (string Key, string? Value)[] values) =>
        GatewaySettings.Bind(
            new ConfigurationBuilder().AddInMemoryCollection(values.Reverse().DistinctBy(pair => pair.Key).Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Build(),
            "Production");
}
