using System.Diagnostics;
using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Memory;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Relay;

/// <summary>Publications on their way in: from the broker to the shards that have subscribers. On the broker's own thread; blocks nobody.</summary>
/// <param name="directory">Which shards those are.</param>
/// <param name="publications">Where publications are rented.</param>
/// <param name="memory">Whether there is any for another.</param>
/// <param name="maxBytes">Of a payload.</param>
/// <param name="tracing">Begins the spans of those that are traced.</param>
/// <param name="metrics">Counts what comes and what is dropped.</param>
/// <param name="time">Clock.</param>
/// <param name="log">For operators.</param>
internal sealed class Arrivals(
    ChannelDirectory directory, PublicationPool publications, MemoryGovernor memory, int maxBytes, PublicationTracing tracing, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private readonly Rarely _mayLogHeader = new(time, Log.Interval);

    /// <summary>One of a channel's messages. Both are valid during the call only.</summary>
    public void OnMessage(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        metrics.PublicationsReceived.Add(1);
        var header = PublicationHeader.Read(message, out var payload);
        if (header.Result is HeaderResult.NewerVersion or HeaderResult.Malformed)
            OnUnreadHeader(channel, header.Result == HeaderResult.NewerVersion ? "newer_version" : "malformed");
        var trace = PublicationTracing.IsOn ? TraceContext.Parse(header.Traceparent, header.Tracestate) : default;
        Deliver(channel, payload, trace, PublicationKey.Of(header.Key), header.IsBinary);
    }

    /// <summary>One that was too large to come in at all.</summary>
    public void OnTooLarge(ReadOnlySpan<byte> channel) => directory.FindAny(channel)?.CountTooLarge();

    /// <summary>Posts a publication to the shards.</summary>
    /// <param name="channel">Where it is going.</param>
    /// <param name="payload">Valid during the call only.</param>
    /// <param name="trace">Given by its header or envelope.</param>
    /// <param name="key">The same; null: none.</param>
    /// <param name="isBinary">The same: it is bytes, also where they happen to be text.</param>
    public void Deliver(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> payload, in ActivityContext trace, string? key, bool isBinary)
    {
        if (payload.Length > maxBytes)
        {
            metrics.Drops[(int)DropReason.TooLarge].Add(1);
            OnTooLarge(channel);
            return;
        }

        if (directory.Find(channel) is not { } entry)
            return; // nobody here is subscribed any more, or yet
        if (memory.IsFull)
        {
            metrics.Drops[(int)DropReason.Memory].Add(1);
            return;
        }

        var shards = entry.Interested;
        if (shards.Length == 0)
            return; // the last has left at this moment
        var span = PublicationTracing.IsOn ? tracing.StartProcess(entry.Name.Text, payload.Length, shards.Length, trace) : null;
        var now = time.GetTimestamp();
        entry.LastPublication = now;
        var publication = publications.Rent(entry.Name, payload.ToArray(), now, holders: shards.Length, span, key, isBinary);
        foreach (var shard in shards)
            shard.Post(publication);
    }

    /// <summary>Its payload is delivered: without what the header says, or with the header in front.</summary>
    private void OnUnreadHeader(ReadOnlySpan<byte> channel, string result)
    {
        metrics.UnreadHeaders.Add(1, new KeyValuePair<string, object?>("result", result));
        if (_mayLogHeader.Now())
            Log.HeaderNotRead(log, Encoding.UTF8.GetString(channel), result);
    }
}
