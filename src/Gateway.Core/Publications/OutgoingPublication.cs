using System.Diagnostics;
using System.Text.Unicode;
using Gateway.Core.Channels;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Publications;

/// <summary>A publication on its way to the broker.</summary>
/// <param name="Channel">Where to.</param>
/// <param name="Payload">Arrives byte for byte.</param>
/// <param name="Key">What it is about; null: none is given.</param>
/// <param name="IsBinary">Subscribers get bytes, whatever they are.</param>
internal readonly record struct OutgoingPublication(ChannelName Channel, ReadOnlyMemory<byte> Payload, string? Key, bool IsBinary)
{
    /// <summary>The channel's message: the bare payload, as any Redis client publishes it, or a header in front where there is more to say.</summary>
    /// <param name="trace">That it belongs to; null: none.</param>
    public ReadOnlyMemory<byte> ToMessage(Activity? trace)
    {
        var payload = Payload.Span;
        // Bytes that are no text need no telling.
        var isBinary = IsBinary && Utf8.IsValid(payload);
        if (Key is null && !isBinary && trace is null && !PublicationHeader.Begins(payload))
            return Payload;
        return PublicationHeader.Write(
            payload,
            (PublicationField.Key, Key),
            (PublicationField.Binary, isBinary ? "" : null),
            (PublicationField.Traceparent, trace?.Id),
            (PublicationField.Tracestate, trace?.TraceStateString is { Length: <= TraceContext.MaxStateLength } state ? state : null));
    }
}
