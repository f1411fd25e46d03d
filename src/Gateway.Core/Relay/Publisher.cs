using System.Diagnostics;
using Gateway.Core.Brokers;
using Gateway.Core.Buffers;
using Gateway.Core.Channels;
using Gateway.Core.Memory;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Relay;

/// <summary>Publications on their way out: counted, traced where asked for, refused where memory ends, and handed to the broker.</summary>
internal sealed class Publisher(IBroker broker, MemoryGovernor memory, PublicationTracing tracing, GatewayMetrics metrics, TimeProvider time, ILogger log) : IPublisher
{
    private readonly Rarely _mayLogFailure = new(time, Log.Interval);

    public async ValueTask PublishAsync(
        ChannelName channel, ReadOnlyMemory<byte> payload, PublicationSource source, CancellationToken cancellationToken, ActivityContext parent = default, string? key = null, bool isBinary = false)
    {
        var label = source == PublicationSource.Api ? "api" : "client";
        if (memory.Stage == MemoryStage.RefusingPublications || memory.IsFull)
        {
            Count(label, "refused");
            throw new NodeOverloadedException("The node is short of memory and takes no publications at the moment.");
        }

        var publication = new OutgoingPublication(channel, payload, key, isBinary);
        var trace = tracing.StartPublish(channel.Text, payload.Length, label, parent);
        try
        {
            if (trace is null)
                await RelayAsync(publication, trace: null, cancellationToken).ConfigureAwait(false);
            else
                await RelayTracedAsync(publication, trace, cancellationToken).ConfigureAwait(false);
            Count(label, "ok");
        }
        catch (BrokerUnavailableException e)
        {
            Count(label, "unavailable");
            PublicationTracing.Failed(trace, e);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException && source == PublicationSource.Client)
        {
            PublicationTracing.Failed(trace, e);
            if (_mayLogFailure.Now())
            {
                using (new AmbientTrace(trace))
                    Log.PublishFailed(log, e);
            }

            throw;
        }
        finally
        {
            if (trace is not null)
                PublicationTracing.End(trace);
        }
    }

    private ValueTask RelayAsync(in OutgoingPublication publication, Activity? trace, CancellationToken cancellationToken) =>
        broker.PublishAsync(publication.Channel, publication.ToMessage(trace), cancellationToken);

    /// <summary>The publication travels as it would untraced, its trace in its header: tracing changes neither its order nor who gets it.</summary>
    private async ValueTask RelayTracedAsync(OutgoingPublication publication, Activity trace, CancellationToken cancellationToken)
    {
        Activity.Current = trace; // this method's alone: what is logged below names it
        var send = PublicationTracing.StartSend(trace, publication.Channel.Text, broker.Name);
        try
        {
            await RelayAsync(publication, trace, cancellationToken).ConfigureAwait(false);
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

    private void Count(string source, string result) => metrics.Publications.Add(1, new("source", source), new("result", result));
}
