using System.Diagnostics;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;

namespace Gateway.Core;

/// <summary>Publications that are traced, on their way out and in.</summary>
public sealed partial class GatewayNode
{
    private readonly PublicationTracing _tracing;

    /// <summary>The publication travels as it would untraced, its trace in its header: tracing changes neither its order nor who gets it.</summary>
    private async ValueTask PublishTracedAsync(Activity trace, OutgoingPublication publication, CancellationToken cancellationToken)
    {
        Activity.Current = trace; // this method's alone: what is logged below names it
        var send = PublicationTracing.StartSend(trace, publication.Channel.Text, Broker.Name);
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
}
