using System.ComponentModel;
using Gateway.Core.Diagnosis;
using Gateway.Core.Investigation;

namespace Gateway.Admin;

/// <summary>"Why did they not get it?": what operators ask all nodes at once.</summary>
internal static class DiagnosisEndpoints
{
    // Longer than any channel's name, so that one that is too long is explained and not refused.
    private const int MaxText = 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/lagging", FindLaggingAsync)
            .Needs(AdminRights.Read).WithName("lagging").WithTags("Connections")
            .WithSummary("Lists the connections, of all nodes, that most waits for")
            .WithDescription("Those for whom nothing waits are left out. A node that does not answer within two seconds is named, and its connections are missing.")
            .Produces<LaggingReport>()
            .ProducesProblems(400);

        api.MapGet("/explain", ExplainAsync)
            .Needs(AdminRights.Read).WithName("explain").WithTags("Channels")
            .WithSummary("Says why a publication may not have been got")
            .WithDescription("Asks all nodes, judges what they know and tells both: causes from a closed list, most important first, and the facts. With a connection, why that one; without, why anybody. A node that does not answer within two seconds is named.")
            .Produces<Explanation>()
            .ProducesProblems(400);
    }

    private static async Task<IResult> FindLaggingAsync(
        IInvestigator investigator,
        [Description("At most so many, 1 to 100; 20 if not given.")] int? limit,
        CancellationToken cancellationToken) =>
        ListLimit.Refusal(limit, IInvestigator.MaxLagging) ?? JsonAnswer.Of(await investigator.FindLaggingAsync(limit ?? ListLimit.Default, cancellationToken));

    private static async Task<IResult> ExplainAsync(
        IInvestigator investigator,
        [Description("The channel's name.")] string? channel,
        [Description("A connection's id, as its 'welcome' told it.")] string? connection,
        [Description("A user, in place of a connection: each of its connections is explained, in the form of 'UserExplanation'.")] string? user,
        CancellationToken cancellationToken)
    {
        if (channel is null)
            return Problem.Result(400, "Give 'channel', the channel's name.");
        if (channel.Length > MaxText || connection?.Length > MaxText || user?.Length > MaxText)
            return Problem.Result(400, $"'channel', 'connection' and 'user' may have {MaxText} characters.");
        if (user is null)
            return JsonAnswer.Of(await investigator.ExplainAsync(channel, connection, cancellationToken));
        return connection is null
            ? JsonAnswer.Of(await investigator.ExplainUserAsync(channel, user, cancellationToken))
            : Problem.Result(400, "Give 'connection' or 'user', not both.");
    }
}
