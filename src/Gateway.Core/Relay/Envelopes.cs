using System.Text;
using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Relay;

/// <summary>Does what an envelope's operation says. On the broker's own thread: must not block.</summary>
/// <param name="envelope">Read, of a version that is known.</param>
/// <param name="json">As it came, for what the envelope does not say. Valid during the call only.</param>
/// <returns>What became of it, as <c>gateway.envelopes</c> has it; null: the envelope lacks a field that the operation needs.</returns>
internal delegate string? EnvelopeOperation(Envelope envelope, ReadOnlySpan<byte> json);

/// <summary>Envelopes from backends and other nodes: publications to several channels, and a table of operations.</summary>
/// <param name="arrivals">Where publications go.</param>
/// <param name="operations">By their name.</param>
/// <param name="metrics">Counts them by what became of them.</param>
/// <param name="time">Clock.</param>
/// <param name="log">For operators.</param>
internal sealed class Envelopes(Arrivals arrivals, IReadOnlyDictionary<string, EnvelopeOperation> operations, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private const string Malformed = "malformed";

    private readonly Rarely _mayLogRefusal = new(time, Log.Interval);

    public void OnEnvelope(ReadOnlySpan<byte> json)
    {
        var result = Envelope.TryParse(json) switch
        {
            null or { Version: < 1 } => Malformed,
            { Version: > Envelope.CurrentVersion } => "newer_version",
            { Operation: null } envelope => TryPublish(envelope) ? "published" : Malformed,
            { Operation: { } name } envelope => (operations.TryGetValue(name, out var operation) ? operation(envelope, json) : null) ?? "unknown_operation",
        };
        metrics.Envelopes.Add(1, new KeyValuePair<string, object?>("result", result));
        // Somebody's publications are lost otherwise without a word: they went through Redis, which says nothing of what is in them.
        if (result is Malformed or "newer_version" or "unknown_operation" && _mayLogRefusal.Now())
            Log.EnvelopeRefused(log, json.Length, result, EnvelopeFault.Of(json));
    }

    private bool TryPublish(Envelope envelope)
    {
        var payload = envelope switch
        {
            { Data.IsEmpty: false, Text: null, Binary: null } => envelope.Data,
            { Data.IsEmpty: true, Text: { } plain, Binary: null } => Encoding.UTF8.GetBytes(plain),
            { Data.IsEmpty: true, Text: null, Binary: { } binary } => binary,
            _ => default(ReadOnlyMemory<byte>?),
        };
        if (payload is not { } bytes || envelope.Channels is not { Length: > 0 } channels)
            return false;
        var isValid = true;
        var key = envelope.Key.ValueKind == JsonValueKind.String && TextOf(envelope.Key) is var text && PublicationKey.IsValid(text) ? text : null;
        var trace = PublicationTracing.IsOn ? envelope.Trace : default;
        foreach (var name in channels)
        {
            if (!ChannelName.TryParse(name, out var channel))
            {
                isValid = false;
                continue;
            }

            metrics.PublicationsOfEnvelopes.Add(1);
            arrivals.Deliver(channel.Utf8, bytes.Span, trace, key, isBinary: envelope.Binary is not null);
        }

        return isValid;
    }

    private static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // an escaped half of a surrogate pair: no text
        }
    }
}
