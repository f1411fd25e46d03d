using Gateway.Core.Channels;

namespace Gateway.Redis;

/// <summary>A channel that the node wants publications of. It outlives links.</summary>
internal sealed class Subscription(ChannelName channel, byte[] key)
{
    private readonly TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelName Channel { get; } = channel;

    /// <summary>Its name in Redis.</summary>
    public byte[] Key { get; } = key;

    /// <summary>Whether it is in the table; false for one that was left. Owned by the table, under its gate.</summary>
    public bool Wanted { get; set; } = true;

    /// <summary>Completes with Redis's first confirmation.</summary>
    public Task Confirmed => _confirmed.Task;

    public void Confirm() => _confirmed.TrySetResult();

    public void Fail(Exception reason) => _confirmed.TrySetException(reason);
}
