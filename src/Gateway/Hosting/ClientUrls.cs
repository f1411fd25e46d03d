using System.Net;
using Gateway.Core.Options;

namespace Gateway.Hosting;

/// <summary>The client endpoints as URLs: the real address, the scheme that the endpoint speaks, and the base path.</summary>
internal static class ClientUrls
{
    /// <param name="addresses">Where the node listens, in the order of <see cref="GatewayOptions.Endpoints"/>.</param>
    /// <param name="options">Which of them have TLS.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<IPEndPoint> addresses, GatewayOptions options) =>
        [.. addresses.Select((address, index) => $"{(IsTls(options, index) ? "wss" : "ws")}://{address}{options.BasePath}")];

    // Without any configured the node listens on a plain one.
    private static bool IsTls(GatewayOptions options, int index) => index < options.Endpoints.Count && options.Endpoints[index].Tls.IsEnabled;
}
