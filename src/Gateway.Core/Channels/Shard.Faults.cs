using System.Diagnostics;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Channels;

/// <summary>
/// A fault of ours, an <see cref="OutOfMemoryException"/> among them, ends the client in whose matter it has come, and is counted: it costs the
/// shard nothing else, and never its place in the pool, for a shard that is not scheduled again would be silent for ever.
/// </summary>
internal sealed partial class Shard
{
    /// <summary>A fault in one thing must not cost the shard the others.</summary>
    private void Guarded<T>(Action<Shard, T> act, T subject)
    {
        try
        {
            act(this, subject);
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e, (subject as Publication)?.Trace);
        }
    }

    /// <summary>The same of what one client has asked for, or is to get.</summary>
    private void Guarded<T>(Action<Shard, T> act, T subject, Connection? client)
    {
        try
        {
            act(this, subject);
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e, trace: null);
            EndClient(client);
        }
    }

    /// <summary>False: nothing waits any more. What cannot be taken now, for want of memory, waits for the next turn.</summary>
    private bool TryTake(int maxCount, long maxBytes, out long before)
    {
        before = 0;
        try
        {
            return _inbox.TryTake(_items, _batch, maxCount, maxBytes, out before);
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e, trace: null);
            return true;
        }
    }

    private void Schedule()
    {
        try
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            _inbox.Unschedule(); // the next post tries again
            OnFault(e, trace: null);
        }
    }

    /// <summary>False: it has not been queued for this client.</summary>
    private bool TryEnqueue(Connection client, OutboundFrame frame, OutboundChannel channel, Publication publication)
    {
        try
        {
            return client.Enqueue(frame, channel, publication) == EnqueueResult.Queued;
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e, publication.Trace);
            EndClient(client);
            return false;
        }
    }

    /// <summary>True: something was queued, which has to be flushed.</summary>
    private bool TryDeliver(JoinedFrames joined, Connection client, OutboundChannel channel)
    {
        try
        {
            return joined.Deliver(client, channel);
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e, trace: null);
            EndClient(client);
            return false;
        }
    }

    private void Flush(Connection client)
    {
        try
        {
            client.Flush();
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e, trace: null);
            EndClient(client);
        }
    }

    /// <summary>Throws nothing: to log takes memory too.</summary>
    private void OnFault(Exception fault, Activity? trace)
    {
        try
        {
            _metrics.Faults.Add(1, new KeyValuePair<string, object?>("part", "shard"));
            PublicationTracing.Failed(trace, fault);
            if (!_mayLogFault.Now())
                return;
            using (new AmbientTrace(trace))
                Log.ShardFault(_log, _index, fault);
        }
#pragma warning disable CA1031 // see above
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nobody is left to be told.
        }
    }

    /// <summary>Tells the client if that can be done, and ends it in any case. Throws nothing.</summary>
    private static void EndClient(Connection? client)
    {
        try
        {
            client?.Close(CloseReason.InternalError);
        }
#pragma warning disable CA1031 // see above
        catch (Exception)
#pragma warning restore CA1031
        {
            Abort(client!);
        }
    }

    private static void Abort(Connection client)
    {
        try
        {
            client.Abort();
        }
#pragma warning disable CA1031 // see above
        catch (Exception)
#pragma warning restore CA1031
        {
            // The clock comes to it again, and looks at its deadlines.
        }
    }
}
