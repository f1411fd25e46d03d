namespace Gateway.Core.Buffers;

/// <summary>
/// What the node's clients make it keep, in two columns. <em>Waiting</em>: what is on its way (publications in inboxes, frames in queues,
/// messages, requests and records that have come in part); a frame that many queues share counts once. <em>Held</em>: what open connections
/// own for as long as they stay (subscriptions, channels, TLS sessions, identities). Each column is one number that all threads write, and
/// seldom: what leaves at once is never counted.
/// <para>
/// Whatever grows with a client's input asks first (<see cref="TryAdd"/>, <see cref="TryHold"/>) and is refused where there is no room;
/// what the node makes itself (frames, publications) is bounded before it gets here, and only counts (<see cref="Add"/>).
/// </para>
/// </summary>
internal sealed class MemoryAccount
{
    private long _bytes;
    private long _held;
    private long _alarmAt = long.MaxValue;
    private int _isAlarmed;

    /// <summary>What waits now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>What connections own now.</summary>
    public long HeldBytes => Interlocked.Read(ref _held);

    /// <summary>Both together.</summary>
    public long TotalBytes => Bytes + HeldBytes;

    /// <summary>Most that may wait because of a client's input.</summary>
    public long MaxBytes { get; set; } = long.MaxValue;

    /// <summary>Most that may wait and be held together because of a client's input.</summary>
    public long MaxTotalBytes { get; set; } = long.MaxValue;

    /// <summary>Called on the thread that passes the mark, or is refused, once until <see cref="Arm"/>: it must return at once.</summary>
    public Action? Alarm { get; set; }

    /// <summary>Sets the mark of what waits above which <see cref="Alarm"/> is called.</summary>
    public void Arm(long alarmAt)
    {
        Interlocked.Exchange(ref _alarmAt, alarmAt);
        Volatile.Write(ref _isAlarmed, 0);
    }

    /// <summary>Counts what waits, whatever there is room for.</summary>
    /// <param name="bytes">Below zero when they go.</param>
    public void Add(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > Interlocked.Read(ref _alarmAt) && bytes > 0)
            Raise();
    }

    /// <summary>Counts what a client's input will make wait. False: there is no room, and nothing is counted.</summary>
    public bool TryAdd(long bytes)
    {
        var waiting = Interlocked.Add(ref _bytes, bytes);
        if (waiting <= MaxBytes && waiting + HeldBytes <= MaxTotalBytes)
        {
            if (waiting > Interlocked.Read(ref _alarmAt))
                Raise();
            return true;
        }

        Interlocked.Add(ref _bytes, -bytes);
        Raise();
        return false;
    }

    /// <summary>Whether so many bytes more may wait, as of now: for what is bounded elsewhere, and is only not to be begun when nothing is left.</summary>
    public bool HasRoom(long bytes)
    {
        var waiting = Bytes + bytes;
        return waiting <= MaxBytes && waiting + HeldBytes <= MaxTotalBytes;
    }

    /// <summary>Counts what a connection will own. False: there is no room, and nothing is counted.</summary>
    public bool TryHold(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) + Bytes <= MaxTotalBytes)
            return true;
        Interlocked.Add(ref _held, -bytes);
        Raise();
        return false;
    }

    /// <summary>Gives back what <see cref="TryHold"/> has counted.</summary>
    public void LetGo(long bytes) => Interlocked.Add(ref _held, -bytes);

    private void Raise()
    {
        if (Interlocked.Exchange(ref _isAlarmed, 1) == 0)
            Alarm?.Invoke();
    }
}
