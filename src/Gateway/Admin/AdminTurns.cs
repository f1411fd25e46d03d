namespace Gateway.Admin;

/// <summary>
/// Says on which connections requests are under way that were let in: they keep their places. It stands behind <see cref="AdminAccess"/>, so that
/// nobody holds one by asking for what he may not.
/// </summary>
internal sealed class AdminTurns(RequestDelegate next, AdminConnections connections)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<AdminConnection>() is not { } connection)
        {
            await next(context);
            return;
        }

        var metadata = context.GetEndpoint()?.Metadata;
        var isApi = metadata is not null && metadata.GetMetadata<OpenAccess>() is null && metadata.GetMetadata<ConsoleShell>() is null;
        if (!connections.TryBegin(connection, isApi))
        {
            context.Response.Headers.RetryAfter = "1";
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, $"{connections.MaxBusy} requests are under way. Ask again in a moment, over fewer connections.");
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            connections.End(connection, isApi);
        }
    }
}
