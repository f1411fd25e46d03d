using Gateway.Core.Transport.Tls;

namespace Gateway.Configuration;

/// <summary>Judges the TLS options of each endpoint together with the files they name, so that a wrong one is told before anything starts.</summary>
internal static class TlsRules
{
    /// <param name="settings">The settings.</param>
    /// <param name="known">Errors known already: an endpoint that has one of them is left alone.</param>
    public static IEnumerable<ConfigurationError> Check(GatewaySettings settings, IReadOnlyList<ConfigurationError> known) =>
        from endpoint in settings.Gateway.Endpoints.Zip(settings.EndpointPaths, (endpoint, path) => (endpoint.Tls, Path: path + ":Tls"))
        where !known.Any(error => error.Option.StartsWith(endpoint.Path + ":", StringComparison.OrdinalIgnoreCase))
        from fault in TlsConfiguration.Check(endpoint.Tls, TimeProvider.System)
        select new ConfigurationError(PathOf(fault, endpoint.Path, settings.Configuration), fault.Value, fault.Problem, fault.Remedy);

    private static string PathOf(TlsFault fault, string path, IConfiguration configuration)
    {
        // By the item's own key, which need not be its index: see GatewaySettings.EndpointPaths.
        var section = fault.Certificate is { } index
            ? configuration.GetSection(path + ":Certificates").GetChildren().Where(item => item.GetChildren().Any()).ElementAt(index).Path
            : path;
        return $"{section}:{fault.Option}";
    }
}
