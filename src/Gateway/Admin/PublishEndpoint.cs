using System.Diagnostics;
using Gateway.Configuration;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Relay;

namespace Gateway.Admin;

/// <summary><c>POST /api/v1/publish</c>.</summary>
internal static class PublishEndpoint
{
    /// <summary>
    /// The largest body that is read. JSON may need more bytes than the payload it carries: base64 a third, escaped text three times
    /// as many; a hundred channel names fit beside it.
    /// </summary>
    public static long MaxBodyBytes(GatewaySettings settings) => (3L * settings.Gateway.Limits.MaxPublicationBytes) + (256 * 1024);

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/publish", PublishAsync)
            .WithMetadata(NoAction.Instance)
            .Needs(AdminRights.Publish).WithName("publish").WithTags("Publishing")
            .WithSummary("Publishes a message to channels")
            .WithDescription("Every subscriber of each channel, on every node, gets the payload. Answers once the broker has taken the message; 503 says by 'outcome' whether it may have been published all the same.")
            .Accepts<PublishBody>("application/json")
            .Produces<PublishReport>()
            .ProducesProblems(400, 413, 415, 503);

    private static async Task<IResult> PublishAsync(HttpRequest http, IPublisher publisher, GatewaySettings settings, CancellationToken cancellationToken)
    {
        var request = PublishRequest.Parse(await RequestBody.ReadAsync(http, cancellationToken));
        var limit = settings.Gateway.Limits.MaxPublicationBytes;
        if (request.Payload.Length > limit)
            return Problem.Result(413, $"The payload has {request.Payload.Length} bytes; Gateway:Limits:MaxPublicationBytes allows {limit}.");

        var trace = TraceHeaders.Read(http.Headers);
        // All at once: with a broker that does not answer, a hundred channels take one deadline and not a hundred. Not cancelled when
        // the caller hangs up, since half of the channels would be worse than all of them.
        Exception?[] failures = await Task.WhenAll(request.Channels.Select(channel => TryPublishAsync(publisher, channel, request, trace)));
        return failures.FirstOrDefault(failure => failure is not null) is { } first
            ? Refusal(failures, first)
            : JsonAnswer.Of(new PublishReport(request.Channels.Count));
    }

    private static async Task<Exception?> TryPublishAsync(
        IPublisher publisher, ChannelName channel, PublishRequest request, ActivityContext trace)
    {
        try
        {
            await publisher.PublishAsync(channel, request.Payload, PublicationSource.Api, CancellationToken.None, trace, request.Key, request.IsBinary);
            return null;
        }
        catch (Exception e) when (e is BrokerUnavailableException or NodeOverloadedException)
        {
            return e;
        }
    }

    private static IResult Refusal(Exception?[] failures, Exception first)
    {
        var published = failures.Count(failure => failure is null);
        var certain = Array.TrueForAll(failures, failure => failure is NodeOverloadedException or BrokerUnavailableException { Outcome: BrokerOutcome.NotDone });
        var detail = failures.Length == 1 ? first.Message : $"{first.Message} Published to {published} of {failures.Length} channels.";
        return Problem.Result(503, detail, certain ? BrokerOutcomes.NotDone : BrokerOutcomes.Unknown);
    }
}
