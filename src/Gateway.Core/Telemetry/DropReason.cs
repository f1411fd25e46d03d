namespace Gateway.Core.Telemetry;

/// <summary>Why the node did not deliver a publication.</summary>
internal enum DropReason
{
    /// <summary>The payload passes <c>Gateway:Limits:MaxPublicationBytes</c>.</summary>
    TooLarge,

    /// <summary>A shard's inbox was full.</summary>
    InboxFull,

    /// <summary>The subscriber's outbound queue was full; it is closed as a slow consumer.</summary>
    SlowConsumer,

    /// <summary>The connection ended while it waited.</summary>
    ConnectionEnded,

    /// <summary>The node is short of memory: see <c>Gateway:Memory</c>.</summary>
    Memory,

    /// <summary>It waited for a subscriber that was behind, and made room for a newer one, as its channel's rule says.</summary>
    DropOldest,

    /// <summary>There was no room for it in the queue of a subscriber that was behind, as its channel's rule says.</summary>
    DropNewest,
}

internal static class DropReasons
{
    public const int Count = 7;

    public static string Label(DropReason reason) => reason switch
    {
        DropReason.TooLarge => "too_large",
        DropReason.InboxFull => "inbox_full",
        DropReason.SlowConsumer => "slow_consumer",
        DropReason.DropOldest => "drop_oldest",
        DropReason.DropNewest => "drop_newest",
        DropReason.ConnectionEnded => "connection_ended",
        _ => "memory",
    };
}
