using Gateway.Core;
using Gateway.Core.Cluster;

namespace Gateway.Admin;

/// <summary>The node among the others: which there are, and sending this one's clients to them.</summary>
internal static class DrainEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/nodes", ListNodes)
            .Needs(AdminRights.Read).WithName("nodes").WithTags("Node")
            .WithSummary("Lists the nodes as they last announced themselves")
            .WithDescription("None while Redis does not answer.")
            .Produces<NodeList>();

        api.MapGet("/drain", Describe)
            .Needs(AdminRights.Read).WithName("drain").WithTags("Drain")
            .WithSummary("Says how far a drain of this node is")
            .Produces<DrainReport>();

        api.MapPost("/drain", Begin)
            .Needs(AdminRights.Operate).WithName("beginDrain").WithTags("Drain")
            .WithSummary("Sends this node's clients to the others and takes none")
            .WithDescription("As SIGTERM does, but the node goes on running, and the drain can be called off. Asked again, it gets a new deadline. Name the node where a load balancer stands in between.")
            .Produces<DrainReport>(StatusCodes.Status202Accepted);

        api.MapDelete("/drain", Cancel)
            .Needs(AdminRights.Operate).WithName("cancelDrain").WithTags("Drain")
            .WithSummary("Calls a drain off: clients that are still there stay, and the node takes clients again")
            .WithDescription("409 too when there is no drain, or the node is stopping.")
            .Produces<DrainReport>();
    }

    private static IResult ListNodes(INodeStatus node) => JsonAnswer.Of(NodeList.Of(node.Nodes, node.Name));

    private static IResult Describe(INodeStatus node) => JsonAnswer.Of(DrainReport.Of(node));

    private static IResult Begin(INodeServer server, INodeStatus node)
    {
        server.BeginDrain();
        return JsonAnswer.Of(DrainReport.Of(node), StatusCodes.Status202Accepted);
    }

    private static IResult Cancel(INodeServer server, INodeStatus node) => server.CancelDrain()
        ? JsonAnswer.Of(DrainReport.Of(node))
        : Problem.Result(409, node.DrainStatus.State == DrainState.None ? "There is no drain to call off." : "The node is stopping: that cannot be called off.");
}
