using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Core.Protocols;

/// <summary>The pages of the client endpoints: what this is, and whether it is ready. Everything else is for WebSockets, or not there.</summary>
/// <param name="options">Which pages there are, and where.</param>
/// <param name="routes">The paths of the client protocols.</param>
/// <param name="isReady">Whether load balancers should send clients.</param>
internal sealed class HttpPages(GatewayOptions options, ProtocolRoutes routes, Func<bool> isReady) : IHttpPages
{
    internal const string HealthPath = "/healthz";

    // The reasons stand on the admin side: whoever reaches this endpoint need not know them.
    private static readonly PlainMatch Ready = PlainMatch.Of(new HttpPage(200, "text/plain; charset=utf-8", "ready\n"), "health");
    private static readonly PlainMatch Unready = PlainMatch.Of(new HttpPage(503, "text/plain; charset=utf-8", "not ready\n"), "health");

    private readonly HostPolicy _hosts = new(options.Auth);
    private readonly PlainMatch _welcome = PlainMatch.Of(WelcomePage.Create(options), "page");

    public PlainMatch Select(PlainRequest request)
    {
        // A load balancer probes the node, a proxy may add the base path to all it forwards: both find the same.
        var path = EndpointPath.Below(request.Path, options.BasePath);
        var isHealth = path == HealthPath || EndpointPath.Below(request.Path, "") == HealthPath;
        if (isHealth && options.Http.HealthCheck)
            return isReady() ? Ready : Unready;
        // Behind the health check: load balancers probe a node by its address, and what it says is no secret of any name's.
        if (!_hosts.Allows(request.Host))
            return PlainMatch.Refuse(Refusal.MisdirectedRequest);
        if (options.Http.WelcomePage && path?.Length == 0)
            return _welcome;
        return PlainMatch.Refuse(routes.Serves(request.Path) ? Refusal.UpgradeRequired : Refusal.NotFound);
    }
}
