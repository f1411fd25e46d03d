using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Diagnosis;

namespace Gateway.Core.Investigation;

/// <summary>This node's answers to the others' questions.</summary>
internal sealed class Answerer(LocalFacts facts, LaggingScan lagging, CancellationToken stopped)
{
    private static readonly JsonElement NoAnswer = JsonDocument.Parse("null").RootElement;

    /// <summary>For <see cref="Cluster.Questions"/>. Runs on the pool.</summary>
    public async Task<JsonElement> AnswerAsync(NodeQuestion question) => question.Ask switch
    {
        "lagging" => JsonSerializer.SerializeToElement(
            await lagging.WorstAsync(Math.Clamp(question.Limit, 1, IInvestigator.MaxLagging), stopped).ConfigureAwait(false), DiagnosisJson.Default.IReadOnlyListLaggingConnection),
        "connection" when await facts.ConnectionFactsAsync(question.Connection ?? "", LocalFacts.ChannelsToldToNodes).ConfigureAwait(false) is { } found && (found.Connection is not null || found.Ended is not null) =>
            JsonSerializer.SerializeToElement(found, DiagnosisJson.Default.ConnectionFacts),
        "explain" => JsonSerializer.SerializeToElement(
            await facts.NodeFactsAsync(question.Channel ?? "", question.Connection).ConfigureAwait(false), DiagnosisJson.Default.NodeFacts),
        "subscribers" when ChannelName.TryParse(question.Channel, out var channel) => JsonSerializer.SerializeToElement(
            await facts.SubscriberFactsAsync(channel, Math.Clamp(question.Limit, 1, IInvestigator.MaxListed)).ConfigureAwait(false), DiagnosisJson.Default.SubscriberFacts),
        "ended" => JsonSerializer.SerializeToElement(facts.Ended(Math.Clamp(question.Limit, 1, IInvestigator.MaxListed)), DiagnosisJson.Default.IReadOnlyListEndedConnectionInfo),
        "user" => JsonSerializer.SerializeToElement(await facts.UserFactsAsync(question.User ?? "").ConfigureAwait(false), DiagnosisJson.Default.UserFacts),
        _ => NoAnswer,
    };
}
