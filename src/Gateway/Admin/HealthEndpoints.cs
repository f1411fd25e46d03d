using Gateway.Core;

namespace Gateway.Admin;

/// <summary>
/// <c>/livez</c>: the process answers, restarting it would not help. <c>/readyz</c>: whether clients should be sent here, and if not,
/// why, in one line.
/// </summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/livez", () => TypedResults.Text("ok\n"))
            .WithMetadata(OpenAccess.Instance).WithName("livez").WithTags("Health").WithSummary("Whether the process is alive")
            .Produces<string>(200, "text/plain");

        routes.MapGet("/readyz", (INodeServer server) =>
            {
                var (ready, reason) = server.Readiness;
                return TypedResults.Text(reason + "\n", statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
            })
            .WithMetadata(OpenAccess.Instance).WithName("readyz").WithTags("Health").WithSummary("Whether the node may take clients")
            .Produces<string>(200, "text/plain").Produces<string>(503, "text/plain");
    }
}
