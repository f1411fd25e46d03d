using System.ComponentModel;
using System.Globalization;
using Gateway.Configuration;
using Gateway.Core;
using Gateway.Core.Brokers;
using Gateway.Core.Diagnosis;
using Gateway.Core.Investigation;
using Gateway.Core.Removal;
using Gateway.Core.Rules;
using Gateway.Hosting;
using ConnectionInfo = Gateway.Core.Diagnosis.ConnectionInfo;

namespace Gateway.Admin;

/// <summary>What operators ask a node: what it is, who is connected, which channels are in use.</summary>
internal static class NodeEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/node", Describe)
            .Needs(AdminRights.Read).WithName("node").WithTags("Node")
            .WithSummary("Describes this node")
            .WithDescription("Addresses, counts, the broker's state, readiness and limits.")
            .Produces<NodeReport>();

        api.MapGet("/channels", ListChannelsAsync)
            .Needs(AdminRights.Read).WithName("channels").WithTags("Node")
            .WithSummary("Lists the channels that have subscribers on this node")
            .Produces<ChannelList>()
            .ProducesProblems(400);

        api.MapGet("/connections/{id}", FindConnectionAsync)
            .Needs(AdminRights.Read).WithName("connection").WithTags("Connections")
            .WithSummary("Describes a connection, on whichever node it is")
            .WithDescription("410 when it ended of late, with why; 404 when no node that answered knows it, with the nodes that did not answer within two seconds.")
            .Produces<ConnectionInfo>()
            .ProducesProblems(404, 410);

        api.MapPost("/connections/{id}/disconnect", DisconnectAsync)
            .Needs(AdminRights.Operate).WithName("disconnect").WithTags("Connections")
            .WithSummary("Ends a connection, on whichever node it is")
            .WithDescription("200 when it was on this node; 202 when the other nodes were asked to end it, should one of them have it.")
            .Produces<DisconnectReport>()
            .Produces<DisconnectReport>(StatusCodes.Status202Accepted)
            .ProducesProblems(503);
    }

    private static IResult Describe(INodeStatus node, INodeServer server, IRuleBook book, GatewaySettings settings, TimeProvider time)
    {
        var (broker, readiness, addresses) = (node.BrokerStatus, server.Readiness, server.EndPoints);
        return JsonAnswer.Of(new NodeReport(
            node.Name,
            ProgramVersion.Text,
            node.StartedAt,
            Math.Round((time.GetUtcNow() - node.StartedAt).TotalSeconds, 3),
            [.. addresses.Select(address => address.ToString())],
            ClientUrls.Of(addresses, settings.Gateway),
            settings.Gateway.BasePath,
            settings.Gateway.Auth.AllowAnonymous,
            node.ConnectionCount,
            node.ChannelCount,
            node.SubscriptionCount,
            new BrokerReport(node.BrokerName, broker.Connected, broker.Reason),
            new ReadinessReport(readiness.Ready, readiness.Reason),
            LimitReport.Of(settings.Gateway.Limits, node.MaxConnections),
            book.Rules.Hash));
    }

    private static async Task<IResult> ListChannelsAsync(
        INodeStatus node,
        IInvestigator investigator,
        [Description("Only channels whose name starts so.")] string? prefix,
        [Description("At most so many, 1 to 1000; 100 if not given.")] int? limit,
        [Description("'name', the default, or 'subscribers': those with the most on this node first.")] string? sort)
    {
        if (ListLimit.Refusal(limit, MaxLimit) is { } refusal)
            return refusal;
        if (sort is not (null or "name" or "subscribers"))
            return Problem.Result(400, "'sort' must be name or subscribers.");
        var most = limit ?? DefaultLimit;
        var order = sort == "subscribers" ? ChannelOrder.Subscribers : ChannelOrder.Name;
        var channels = await investigator.ListChannelsAsync(prefix ?? "", most + 1, order); // one more tells whether there are more
        return JsonAnswer.Of(new ChannelList(
            node.Name,
            [.. channels.Take(most).Select(channel => new ChannelReport(channel.Name, channel.Subscribers, channel.State))],
            More: channels.Count > most));
    }

    private static async Task<IResult> FindConnectionAsync(string id, IInvestigator investigator, CancellationToken cancellationToken)
    {
        var found = await investigator.SearchConnectionAsync(id, cancellationToken);
        if (found.Connection is not null)
            return JsonAnswer.Of(found.Connection);
        if (found.Ended is { } ended)
            return Problem.Result(410, TextOf(ended));
        var silent = found.Nodes.Where(asked => !asked.Answered).Select(asked => asked.Name).ToList();
        return Problem.Result(404, silent.Count == 0
            ? "No node has a connection of that id, or remembers one that ended of late."
            : $"No node that answered has a connection of that id. These did not answer: {string.Join(", ", silent)}.");
    }

    private static string TextOf(EndedConnectionInfo ended) => string.Create(
        CultureInfo.InvariantCulture,
        $"The connection ended at {ended.EndedAt:O} on node {ended.Node}: {ended.Reason}, close code {ended.Code}. {ended.QueuedBytes} bytes waited for it, {ended.Dropped} messages were dropped.");

    private static async Task<IResult> DisconnectAsync(string id, IRemovals removals, INodeStatus node, CancellationToken cancellationToken)
    {
        try
        {
            return await removals.DisconnectAsync(id, cancellationToken) == DisconnectResult.Local
                ? JsonAnswer.Of(new DisconnectReport(node.Name, id, "disconnected"))
                : JsonAnswer.Of(new DisconnectReport(node.Name, id, "relayed"), StatusCodes.Status202Accepted);
        }
        catch (BrokerUnavailableException e)
        {
            return Problem.Result(503, e.Message, BrokerOutcomes.Label(e.Outcome));
        }
    }
}
