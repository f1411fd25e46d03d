using System.Diagnostics;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Telemetry;

namespace Gateway.Core;

/// <summary>Publications that are traced, on their way out and in.</summary>
public sealed partial class GatewayNode
{
    private readonly PublicationTracing _tracing;
    private readonly TraceNotes _traceNotes;

    /// <summary>
    /// The publication travels as it would untraced, a note in front of it: tracing changes neither its order nor who gets it.
    /// </summary>
    private async ValueTask PublishTracedAsync(Activity trace, OutgoingPublication publication, CancellationToken cancellationToken)
    {
        Activity.Current = trace; // this method's alone: what is logged below names it
        var send = PublicationTracing.StartSend(trace, publication.Channel.Text, Broker.Name);
        try
        {
            // An envelope carries its trace itself.
            var noted = publication.NeedsEnvelope ? Task.CompletedTask : NoteAsync(trace, publication.Channel, publication.Payload, cancellationToken);
            await RelayAsync(publication, trace, cancellationToken).ConfigureAwait(false);
            await noted.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            PublicationTracing.Failed(send, e);
            throw;
        }
        finally
        {
            if (send is not null)
                PublicationTracing.End(send);
        }
    }

    private async Task NoteAsync(Activity trace, ChannelName channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        try
        {
            await Broker.SendCommandAsync(TraceNote.Of(channel, payload.Span, trace), cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Without the note the trace ends here; the publication goes its way.
        catch (Exception e)
#pragma warning restore CA1031
        {
            trace.AddEvent(new ActivityEvent("other nodes could not be told of the trace", tags: new ActivityTagsCollection { ["error.message"] = e.Message }));
        }
    }

    /// <summary>Another node, or this one, has told of a trace. A metric's label.</summary>
    private string TakeNote(ReadOnlySpan<byte> json)
    {
        if (TraceNote.TryParse(json) is not { } note)
            return "malformed";
        // Kept only where a publication may look for it.
        if (PublicationTracing.IsOn && ChannelName.TryParse(note.Channel, out var channel) && _directory.Find(channel.Utf8) is not null)
            _traceNotes.Add(note);
        return "trace";
    }

    /// <summary>Begins the trace of a publication that has arrived. Null: it is not traced.</summary>
    /// <param name="channel">Where it is going.</param>
    /// <param name="payload">What it is.</param>
    /// <param name="shards">To so many.</param>
    /// <param name="given">By the envelope that it came in; the default: it came without.</param>
    private Activity? TraceArrival(ChannelName channel, ReadOnlySpan<byte> payload, int shards, in ActivityContext given)
    {
        var parent = TraceContext.IsPresent(given) ? given : _traceNotes.Take(channel.Utf8, payload);
        return _tracing.StartProcess(channel.Text, payload.Length, shards, parent);
    }
}
