using Gateway.Core.Access;
using Gateway.Core.Framing;

namespace Gateway.Core.Protocols.Json;

/// <summary>Answers to what a client may not, with the words that are always the same.</summary>
internal static class JsonAnswers
{
    public static OutboundFrame InvalidChannel(ReadOnlySpan<byte> id) =>
        JsonMessages.Error(id, JsonError.InvalidChannel, "A channel name has 1 to 255 bytes and no spaces, commas or control characters.");

    public static OutboundFrame TooLarge(ReadOnlySpan<byte> id) =>
        JsonMessages.Error(id, JsonError.TooLarge, "The data is larger than a publication may be.");

    public static OutboundFrame Overloaded(ReadOnlySpan<byte> id) =>
        JsonMessages.Error(id, JsonError.Overloaded, "The node is short of memory; the publication was not made. Try again in a moment.");

    public static OutboundFrame Refusal(ReadOnlySpan<byte> id, in AccessVerdict verdict) =>
        JsonMessages.Error(id, verdict.Result == AccessResult.Unavailable ? JsonError.Unavailable : JsonError.Forbidden, verdict.Reason);

    /// <summary>By the rule's own bound; the node's is looked at later. For clients alone: what a backend publishes is its own affair.</summary>
    public static bool IsTooLarge(in AccessVerdict verdict, int bytes) =>
        verdict.Rule?.Options.MaxPublicationBytes is > 0 and var most && bytes > most;
}
