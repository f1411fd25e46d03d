using System.Text.Json;
using Gateway.Auth;
using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Json;
using Gateway.Core.Rules;

namespace Gateway.Admin;

/// <summary>Who may do what, and why: the rules about channels, and a dry run of them.</summary>
internal static class RuleEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rules", List)
            .Needs(AdminRights.Read).WithName("rules").WithTags("Rules")
            .WithSummary("Lists the rules about channels that are in force")
            .Produces<RuleList>();

        api.MapPost("/rules/explain", ExplainAsync)
            .Needs(AdminRights.Read).WithName("explainRules").WithTags("Rules")
            .WithSummary("Says which rule decides about a channel, what it decides, and why")
            .WithDescription("For a client with a token, with claims, or anonymous. Nothing is subscribed to or published. The backend is asked only with 'ask'.")
            .Accepts<RuleExplanationBody>("application/json")
            .Produces<RuleExplanation>()
            .ProducesProblems(400, 413, 415, 503);
    }

    private static IResult List(IRuleBook book) => JsonAnswer.Of(RuleList.Of(book.Rules));

    private static async Task<IResult> ExplainAsync(HttpRequest http, IRuleBook book, IServiceProvider services, CancellationToken cancellationToken)
    {
        RuleExplanationBody? body;
        try
        {
            body = JsonReading.Read((await RequestBody.ReadAsync(http, cancellationToken)).Span, AdminJson.Default.RuleExplanationBody);
        }
        catch (JsonException e)
        {
            return Problem.Result(400, $"The body is not the JSON that is expected: {e.Message}");
        }

        if (!ChannelName.TryParse(body?.Channel, out var channel))
            return Problem.Result(400, "'channel' must be a channel's name: 1 to 255 bytes and no spaces, commas or control characters.");
        if (body!.Token is not null && body.Claims is not null)
            return Problem.Result(400, "Give 'token' or 'claims', not both.");
        var (client, problem) = body.Token is not null
            ? await ValidateAsync(body.Token, services.GetService<ITokenValidator>(), cancellationToken)
            : Claimed(body.Claims);
        if (client is null)
            return problem!;
        return JsonAnswer.Of(new RuleExplanation(
            channel.Text,
            client.Subject,
            await book.ExplainAccessAsync(client, channel, ChannelAction.Subscribe, body.Ask, cancellationToken),
            await book.ExplainAccessAsync(client, channel, ChannelAction.Publish, body.Ask, cancellationToken)));
    }

    private static (ClientIdentity? Client, IResult? Problem) Claimed(JsonElement? claims)
    {
        if (claims is not { } given)
            return (ClientIdentity.Anonymous, null);
        if (given.ValueKind != JsonValueKind.Object)
            return (null, Problem.Result(400, "'claims' must be an object, as a token's."));
        return JwtClaims.Identify(given, out var problem) is { } client ? (client, null) : (null, Problem.Result(400, $"A token of these claims is refused: {problem}."));
    }

    private static async Task<(ClientIdentity? Client, IResult? Problem)> ValidateAsync(string token, ITokenValidator? tokens, CancellationToken cancellationToken)
    {
        if (tokens is null)
            return (null, Problem.Result(400, "This node judges no tokens: no key is configured. Give 'claims' instead."));
        var verdict = await tokens.ValidateAsync(token, cancellationToken);
        return verdict.Identity is { } client
            ? (client, null)
            : (null, Problem.Result(verdict.IsUnavailable ? 503 : 400, $"The token is refused, and so is a client that shows it: {verdict.Reason}"));
    }
}
