using Gateway.Core.Options;

namespace Gateway.Core.Connections;

/// <summary>A rule's word on clients that are behind, as outbound queues follow it.</summary>
internal sealed class SlowConsumerPolicy(SlowConsumer choice, JsonPointer? key, int maxBehindBytes)
{
    /// <summary>What holds where no rule says anything: nothing is dropped, and the client is closed.</summary>
    public static readonly SlowConsumerPolicy Default = new(SlowConsumer.Disconnect, key: null, maxBehindBytes: 0);

    public SlowConsumer Choice { get; } = choice;

    /// <summary>Where in a payload its key is; null: only publishers give keys.</summary>
    public JsonPointer? Key { get; } = key;

    /// <summary>Bytes of one channel that may wait for one client; <see cref="int.MaxValue"/>: the queue's own bound is all.</summary>
    public int MaxBehindBytes { get; } = maxBehindBytes == 0 ? int.MaxValue : maxBehindBytes;

    /// <summary>Whether queues need not know which frames are the channel's.</summary>
    public bool IsDefault => Choice == SlowConsumer.Disconnect && MaxBehindBytes == int.MaxValue;
}
