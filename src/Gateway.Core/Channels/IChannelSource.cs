namespace Gateway.Core.Channels;

/// <summary>Where the publications of channels come from. Implemented above, by <c>Relay/BrokerChannels</c>, which asks the broker.</summary>
internal interface IChannelSource
{
    /// <summary>
    /// True: confirmed, the channel's publications come from now on. False: they do not, and the cause is logged. Throws nothing.
    /// </summary>
    ValueTask<bool> TrySubscribeAsync(ChannelName channel);

    /// <summary>Completes when no further publication of the channel will come. Throws nothing.</summary>
    ValueTask UnsubscribeAsync(ChannelName channel);
}
