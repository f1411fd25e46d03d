using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Relay;

/// <summary>Subscribes the node's channels at the broker.</summary>
internal sealed class BrokerChannels(IBroker broker, TimeProvider time, ILogger log, CancellationToken stopped) : IChannelSource
{
    private readonly Rarely _mayLogSubscribe = new(time, Log.Interval);
    private readonly Rarely _mayLogUnsubscribe = new(time, Log.Interval);

    public async ValueTask<bool> TrySubscribeAsync(ChannelName channel)
    {
        try
        {
            await broker.SubscribeAsync(channel, stopped).ConfigureAwait(false);
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
                Log.SubscribeFailed(log, e.Message);
            return false;
        }
    }

    public async ValueTask UnsubscribeAsync(ChannelName channel)
    {
        try
        {
            await broker.UnsubscribeAsync(channel, stopped).ConfigureAwait(false);
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
                Log.UnsubscribeFailed(log, e.Message);
        }
    }
}
