using System.ComponentModel;
using Gateway.Core;
using Gateway.Core.Channels;
using Gateway.Core.Diagnosis;
using Gateway.Core.Investigation;

namespace Gateway.Admin;

/// <summary>Who is there, who was, and how it has been: what a person looks at before there is a question.</summary>
internal static class ListEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/subscribers", FindSubscribersAsync)
            .Needs(AdminRights.Read).WithName("subscribers").WithTags("Channels")
            .WithSummary("Lists a channel's subscribers on all nodes")
            .WithDescription("A channel that nobody is subscribed to is none that is not found: the list is empty. A node that does not answer within two seconds is named.")
            .Produces<SubscriberReport>()
            .ProducesProblems(400);

        api.MapGet("/ended", FindEndedAsync)
            .Needs(AdminRights.Read).WithName("ended").WithTags("Connections")
            .WithSummary("Lists the connections, of all nodes, that ended last")
            .WithDescription("Each node remembers some thousands. A node that does not answer within two seconds is named, and its connections are missing.")
            .Produces<EndedReport>()
            .ProducesProblems(400);

        api.MapGet("/traffic", Traffic)
            .Needs(AdminRights.Read).WithName("traffic").WithTags("Node")
            .WithSummary("Tells how it has been on this node in the last five minutes")
            .WithDescription("From the node's memory: rates, connections, memory and the latency of deliveries.")
            .Produces<TrafficReport>()
            .ProducesProblems(400);
    }

    private static async Task<IResult> FindSubscribersAsync(
        IInvestigator investigator,
        [Description("The channel's name.")] string? channel,
        [Description("At most so many, 1 to 100; 20 if not given.")] int? limit,
        CancellationToken cancellationToken) =>
        !ChannelName.TryParse(channel, out var name)
            ? Problem.Result(400, $"Give 'channel', a channel's name: 1 to {ChannelName.MaxBytes} bytes of UTF-8 without control characters, spaces and commas.")
            : ListLimit.Refusal(limit, IInvestigator.MaxListed) ?? JsonAnswer.Of(await investigator.FindSubscribersAsync(name, limit ?? ListLimit.Default, cancellationToken));

    private static async Task<IResult> FindEndedAsync(
        IInvestigator investigator,
        [Description("At most so many, 1 to 100; 20 if not given.")] int? limit,
        CancellationToken cancellationToken) =>
        ListLimit.Refusal(limit, IInvestigator.MaxListed) ?? JsonAnswer.Of(await investigator.FindEndedAsync(limit ?? ListLimit.Default, cancellationToken));

    private static IResult Traffic(
        INodeStatus node,
        [Description("Only what is later: the time of the last point that is known already.")] DateTimeOffset? after) =>
        JsonAnswer.Of(new TrafficReport(node.Name, INodeStatus.TrafficInterval.TotalSeconds, [.. node.Traffic.Where(point => !(point.At <= after))]));
}
