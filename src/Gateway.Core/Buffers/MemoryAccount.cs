namespace Gateway.Core.Buffers;

/// <summary>
/// Bytes of the node that wait for somebody: publications in inboxes, frames in queues, messages that have come in part. A frame that many
/// queues share counts once. One number that all threads write, and seldom: what leaves at once is never counted.
/// </summary>
internal sealed class MemoryAccount
{
    private long _bytes;
    private long _alarmAt = long.MaxValue;
    private int _isAlarmed;

    /// <summary>What waits now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Called on the thread that passes the mark, once until <see cref="Arm"/>: it must return at once.</summary>
    public Action? Alarm { get; set; }

    /// <summary>Sets the mark above which <see cref="Alarm"/> is called.</summary>
    public void Arm(long alarmAt)
    {
        Interlocked.Exchange(ref _alarmAt, alarmAt);
        Volatile.Write(ref _isAlarmed, 0);
    }

    /// <param name="bytes">Below zero when they go.</param>
    public void Add(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > Interlocked.Read(ref _alarmAt) && bytes > 0 && Interlocked.Exchange(ref _isAlarmed, 1) == 0)
            Alarm?.Invoke();
    }
}
