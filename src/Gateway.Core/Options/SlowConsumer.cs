namespace Gateway.Core.Options;

/// <summary>What becomes of a channel's publications when a client reads more slowly than they come, and its queue has no room.</summary>
public enum SlowConsumer
{
    /// <summary>The client is closed with 4413: it knows that it has missed something, and begins anew.</summary>
    Disconnect,

    /// <summary>The oldest of the channel that wait make room: for news, of which the latest count.</summary>
    DropOldest,

    /// <summary>The new one is dropped: for streams of which a beginning is worth more than an end.</summary>
    DropNewest,

    /// <summary>While the client is behind, a newer one takes the place of the one that waits with the same key: for states.</summary>
    Conflate,
}
