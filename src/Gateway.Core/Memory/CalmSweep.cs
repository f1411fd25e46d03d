namespace Gateway.Core.Memory;

/// <summary>
/// When memory is given back although the node has enough: a spike has gone, and what it left is garbage that the collector does not look for
/// while little is allocated, pools that nobody rents from, and pages that the C library keeps. Once a spike, when it has been calm for a
/// while, and in two steps: one that stops nobody and finds out what lives, then one that packs it.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="connections">How many there are.</param>
/// <param name="bytes">What waits for them and what they own.</param>
/// <param name="release">Gives up what is kept, and has the collector look without stopping anybody.</param>
/// <param name="pack">Has the collector give back what it can.</param>
internal sealed class CalmSweep(TimeProvider time, Func<int> connections, Func<long> bytes, Action release, Action pack)
{
    // Clients that a deploy or a proxy has sent away are back by then.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    // The collector's look takes its time beside everything else.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    // A connection costs 2 to 3 KiB: below this there is little to gain.
    private const int LeastConnections = 2_000;
    private const long LeastBytes = 16 * 1024 * 1024;

    private int _peakConnections;
    private long _peakBytes;
    private long? _since; // when the spike was over, or when what it kept was released
    private bool _isReleased;

    /// <summary>Called several times a second, while memory is not short.</summary>
    public void OnLook()
    {
        var (connectionsNow, bytesNow) = (connections(), bytes());
        _peakConnections = Math.Max(_peakConnections, connectionsNow);
        _peakBytes = Math.Max(_peakBytes, bytesNow);
        var isOver = (_peakConnections >= LeastConnections && connectionsNow <= _peakConnections / 2) || (_peakBytes >= LeastBytes && bytesNow <= _peakBytes / 2);
        if (!isOver)
            (_since, _isReleased) = (null, false);
        else if (_since is not { } since)
            _since = time.GetTimestamp();
        else if (time.GetElapsedTime(since) >= (_isReleased ? Look : Calm))
            Act(connectionsNow, bytesNow);
    }

    private void Act(int connectionsNow, long bytesNow)
    {
        if (!_isReleased)
        {
            (_since, _isReleased) = (time.GetTimestamp(), true);
            release();
            return;
        }

        (_peakConnections, _peakBytes, _since, _isReleased) = (connectionsNow, bytesNow, null, false);
        pack();
    }
}
