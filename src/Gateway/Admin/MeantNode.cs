using Gateway.Core;

namespace Gateway.Admin;

/// <summary>
/// Says in every answer which node gave it (<see cref="Header"/>), and refuses what is meant for another (<see cref="Parameter"/>): behind a load
/// balancer a request reaches any of them. It stands behind <see cref="AdminAccess"/>, since who may not ask is told no names, and behind <see cref="GivenQuery"/>.
/// </summary>
internal sealed class MeantNode(RequestDelegate next, INodeStatus node)
{
    /// <summary>The answer's header with the name of the node that gave it.</summary>
    public const string Header = "Gateway-Node";

    /// <summary>The query parameter with the name of the node that is meant; none: whichever answers.</summary>
    public const string Parameter = "node";

    /// <summary>Documents the refusal, of every operation.</summary>
    public static readonly ProducesResponseTypeMetadata Refusal = new(StatusCodes.Status409Conflict, typeof(Problem), [Problem.ContentType]);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OfANode>() is null)
            return next(context);
        context.Response.Headers[Header] = node.Name;
        string? meant = context.Request.Query[Parameter];
        if (meant is null || meant == node.Name)
            return next(context);
        // Whoever asks again does so on another connection, which a load balancer gives to the next node.
        context.Response.Headers.Connection = "close";
        return Problem.WriteAsync(context, StatusCodes.Status409Conflict, $"This is node {node.Name}, and the request is meant for another. Nothing was done. Ask again on a new connection, or that node itself.");
    }
}

/// <summary>Marks what a node says or does, as against what is the same on all.</summary>
internal sealed class OfANode
{
    public static readonly OfANode Instance = new();
}
