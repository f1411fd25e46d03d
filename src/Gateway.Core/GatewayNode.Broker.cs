using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;

namespace Gateway.Core;

/// <summary>The broker's news, on their way out, and what the channels ask of it.</summary>
public sealed partial class GatewayNode : IBrokerSink, IChannelSource
{
    async ValueTask<bool> IChannelSource.TrySubscribeAsync(ChannelName channel)
    {
        try
        {
            await Broker.SubscribeAsync(channel, _stopped).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // the node stops
        }
#pragma warning disable CA1031 // Whatever a broker throws: those who wait for it get an answer, and the next one asks again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_mayLogSubscribe.Now())
                Log.SubscribeFailed(_log, e.Message);
            return false;
        }
    }

    async ValueTask IChannelSource.UnsubscribeAsync(ChannelName channel)
    {
        try
        {
            await Broker.UnsubscribeAsync(channel, _stopped).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the node stops
        }
#pragma warning disable CA1031 // The same: a channel left half would take no subscriber any more.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_mayLogUnsubscribe.Now())
                Log.UnsubscribeFailed(_log, e.Message);
        }
    }

    void IBrokerSink.OnPublication(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        _metrics.PublicationsReceived.Add(1);
        var header = PublicationHeader.Read(message, out var payload);
        if (header.Result is HeaderResult.NewerVersion or HeaderResult.Malformed)
            OnUnreadHeader(channel, header.Result == HeaderResult.NewerVersion ? "newer_version" : "malformed");
        var trace = PublicationTracing.IsOn ? TraceContext.Parse(header.Traceparent, header.Tracestate) : default;
        Broadcast(channel, payload, trace, PublicationKey.Of(header.Key), header.IsBinary);
    }

    void IBrokerSink.OnTooLarge(ReadOnlySpan<byte> channel) => _directory.FindAny(channel)?.CountTooLarge();

    void IBrokerSink.OnReply(ReadOnlySpan<byte> json) => _questions.OnReply(json);

    void IBrokerSink.OnEnvelope(ReadOnlySpan<byte> json)
    {
        var result = Envelope.TryParse(json) switch
        {
            null => "malformed",
            { Version: < 1 } => "malformed",
            { Version: > Envelope.CurrentVersion } => "newer_version",
            { Operation: null } command => Relay(command) ? "published" : "malformed",
            { Operation: "disconnect", Connection: not null } command => TryDisconnect(command.Connection) ? "disconnected" : "not_here",
            { Operation: "disconnect", User: { Length: > 0 } user } => TryDisconnectUser(user),
            { Operation: Revocation.OperationName } => TakeRevocation(json),
            { Operation: NodeQuestion.Operation } => _questions.OnQuestion(json),
            _ => "unknown_operation",
        };
        _metrics.Envelopes.Add(1, new KeyValuePair<string, object?>("result", result));
        // Somebody's publications are lost otherwise without a word: they went through Redis, which says nothing of what is in them.
        if (result is "malformed" or "newer_version" or "unknown_operation" && _mayLogEnvelope.Now())
            Log.EnvelopeRefused(_log, json.Length, result, EnvelopeFault.Of(json));
    }

    void IBrokerSink.OnGap(TimeSpan duration)
    {
        Log.Gap(_log, duration.TotalMilliseconds, _directory.Count);
        _gaps.Add(duration, _time.GetUtcNow());
        _revocationReader.ReadAgain();
        // A broken link of some milliseconds must not send all clients to their backends at once.
        var within = TimeSpan.FromSeconds((double)Connections.Registry.Count / _options.Channels.GapRate);
        // Not on the broker's own thread: there may be a hundred thousand to tell.
        ThreadPool.UnsafeQueueUserWorkItem(
            static item =>
            {
                foreach (var connection in item.Node.Connections.Registry.All())
                    connection.Protocol?.OnGap(connection, item.Duration, item.Within);
            },
            (Node: this, Duration: duration, Within: within),
            preferLocal: false);
    }

    /// <param name="channel">Where it is going.</param>
    /// <param name="payload">Valid during the call only.</param>
    /// <param name="trace">Given by its header or envelope.</param>
    /// <param name="key">The same; null: none.</param>
    /// <param name="isBinary">The same: it is bytes, also where they happen to be text.</param>
    private void Broadcast(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> payload, in ActivityContext trace, string? key, bool isBinary)
    {
        if (payload.Length > _options.Limits.MaxPublicationBytes)
        {
            _metrics.Drops[(int)DropReason.TooLarge].Add(1);
            ((IBrokerSink)this).OnTooLarge(channel);
            return;
        }

        if (_directory.Find(channel) is not { } entry)
            return; // nobody here is subscribed any more, or yet
        if (Memory.IsFull)
        {
            _metrics.Drops[(int)DropReason.Memory].Add(1);
            return;
        }

        var shards = entry.Interested;
        if (shards.Length == 0)
            return; // the last has left at this moment
        var span = PublicationTracing.IsOn ? _tracing.StartProcess(entry.Name.Text, payload.Length, shards.Length, trace) : null;
        var now = _time.GetTimestamp();
        entry.LastPublication = now;
        var publication = _publications.Rent(entry.Name, payload.ToArray(), now, holders: shards.Length, span, key, isBinary);
        foreach (var shard in shards)
            shard.Post(publication);
    }

    private ValueTask RelayAsync(in OutgoingPublication publication, Activity? trace, CancellationToken cancellationToken) =>
        Broker.PublishAsync(publication.Channel, publication.ToMessage(trace), cancellationToken);

    /// <summary>Its payload is delivered: without what the header says, or with the header in front.</summary>
    private void OnUnreadHeader(ReadOnlySpan<byte> channel, string result)
    {
        _metrics.UnreadHeaders.Add(1, new KeyValuePair<string, object?>("result", result));
        if (_mayLogHeader.Now())
            Log.HeaderNotRead(_log, Encoding.UTF8.GetString(channel), result);
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

    private bool Relay(Envelope command)
    {
        var payload = command switch
        {
            { Data.IsEmpty: false, Text: null, Binary: null } => command.Data,
            { Data.IsEmpty: true, Text: { } plain, Binary: null } => Encoding.UTF8.GetBytes(plain),
            { Data.IsEmpty: true, Text: null, Binary: { } binary } => binary,
            _ => default(ReadOnlyMemory<byte>?),
        };
        if (payload is not { } bytes || command.Channels is not { Length: > 0 } channels)
            return false;
        var isValid = true;
        var key = command.Key.ValueKind == JsonValueKind.String && TextOf(command.Key) is var text && PublicationKey.IsValid(text) ? text : null;
        var trace = PublicationTracing.IsOn ? command.Trace : default;
        foreach (var name in channels)
        {
            if (!ChannelName.TryParse(name, out var channel))
            {
                isValid = false;
                continue;
            }

            _metrics.PublicationsOfEnvelopes.Add(1);
            Broadcast(channel.Utf8, bytes.Span, trace, key, isBinary: command.Binary is not null);
        }

        return isValid;
    }
}
