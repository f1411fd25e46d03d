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
}

internal static class DropReasons
{
    public const int Count = 5;

    public static string Label(DropReason reason) => reason switch
    {
        DropReason.TooLarge => "too_large",
        DropReason.InboxFull => "inbox_full",
        DropReason.SlowConsumer => "slow_consumer",
        DropReason.ConnectionEnded => "connection_ended",
        _ => "memory",
    };
}
