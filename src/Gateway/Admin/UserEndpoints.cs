using System.ComponentModel;
using System.Text.Json;
using Gateway.Core;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Diagnosis;
using Gateway.Core.Investigation;
using Gateway.Core.Json;
using Gateway.Core.Removal;

namespace Gateway.Admin;

/// <summary>What operators and backends do with users, by the claim <c>sub</c> of their tokens.</summary>
internal static class UserEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/users/{user}", FindAsync)
            .Needs(AdminRights.Read).WithName("user").WithTags("Users")
            .WithSummary("Lists a user's connections on all nodes")
            .WithDescription("A user without a connection is none that is not found: the list is empty. A node that does not answer within two seconds is named.")
            .Produces<UserReport>()
            .ProducesProblems(400);

        api.MapPost("/users/{user}/disconnect", DisconnectAsync)
            .Needs(AdminRights.Operate).WithName("disconnectUser").WithTags("Users")
            .WithSummary("Ends all connections of a user, on every node")
            .WithDescription("With close code 4403. A client may connect again while its token is good: revoke that to keep it out. 503: those on this node have ended, the other nodes could not be asked.")
            .Produces<UserDisconnectReport>(StatusCodes.Status202Accepted)
            .ProducesProblems(400, 503);

        api.MapPost("/tokens/revoke", RevokeAsync)
            .Needs(AdminRights.Operate).WithName("revoke").WithTags("Users")
            .WithSummary("Takes tokens back before they expire, on every node")
            .WithDescription("All of a user that were issued before now (claim iat; those without it too), or one by its claim jti. Their connections are closed with 4401, and who comes with one is refused with 401. 503: this node does so, and the others may not have been told: ask again.")
            .Accepts<RevokeBody>("application/json")
            .Produces<RevokeReport>()
            .ProducesProblems(400, 413, 415, 503);
    }

    private static async Task<IResult> FindAsync(string user, IInvestigator investigator, CancellationToken cancellationToken) =>
        IsName(user) ? JsonAnswer.Of(await investigator.FindUserAsync(user, cancellationToken)) : NoName("A user");

    private static async Task<IResult> DisconnectAsync(string user, IRemovals removals, INodeStatus node, CancellationToken cancellationToken)
    {
        if (!IsName(user))
            return NoName("A user");
        try
        {
            var here = await removals.DisconnectUserAsync(user, cancellationToken);
            return JsonAnswer.Of(new UserDisconnectReport(node.Name, user, here), StatusCodes.Status202Accepted);
        }
        catch (BrokerUnavailableException e)
        {
            return Problem.Result(503, e.Message, BrokerOutcomes.Label(e.Outcome));
        }
    }

    private static async Task<IResult> RevokeAsync(HttpRequest http, IRemovals removals, CancellationToken cancellationToken)
    {
        if (Read(await RequestBody.ReadAsync(http, cancellationToken)) is not { } body)
            return Problem.Result(400, "The body must be a JSON object with 'user' or 'jti', and perhaps 'expires_in'.");
        if ((body.User is null) == (body.Jti is null))
            return Problem.Result(400, "Give exactly one of 'user' and 'jti'.");
        if (!IsName(body.User ?? body.Jti!))
            return NoName(body.User is null ? "A token's id" : "A user");
        if (body.ExpiresIn is < 1 or > RevokeBody.MaxSeconds)
            return Problem.Result(400, $"'expires_in' must be from 1 to {RevokeBody.MaxSeconds} seconds.");
        try
        {
            var period = body.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
            return await removals.RevokeAsync(body.User, body.Jti, period, cancellationToken) is { } until
                ? JsonAnswer.Of(new RevokeReport(body.User, body.Jti, until))
                : Problem.Result(503, "As many revocations are kept as may be: change the key that signs the tokens.", BrokerOutcomes.NotDone);
        }
        catch (BrokerUnavailableException e)
        {
            return Problem.Result(503, e.Message, BrokerOutcomes.Label(e.Outcome));
        }
    }

    private static RevokeBody? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonReading.Read(json.Span, AdminJson.Default.RevokeBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsName(string text) => text.Length is > 0 and <= Revocation.MaxNameLength;

    private static IResult NoName(string what) => Problem.Result(400, $"{what} has 1 to {Revocation.MaxNameLength} characters.");
}

internal sealed record RevokeBody(
    [property: Description("Claim sub: all of this user's tokens that were issued before now. Either this or 'jti'.")] string? User,
    [property: Description("Claim jti: this token.")] string? Jti,
    [property: Description("Seconds until the tokens have expired by themselves; Gateway:Auth:RevocationPeriod if not given.")] int? ExpiresIn)
{
    /// <summary>A year, as the option.</summary>
    public const int MaxSeconds = 365 * 24 * 3600;
}

internal sealed record RevokeReport(string? User, string? Jti, [property: Description("When it is forgotten.")] DateTimeOffset Until);

internal sealed record UserDisconnectReport([property: Description("The node that answers.")] string Node, string User, [property: Description("Connections of this node that have ended; the others were asked to end theirs.")] int Here);
