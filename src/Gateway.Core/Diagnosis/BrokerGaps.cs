namespace Gateway.Core.Diagnosis;

/// <summary>The times that the link to the broker was lost and came back.</summary>
internal sealed class BrokerGaps
{
    private readonly Lock _gate = new();
    private int _count;
    private DateTimeOffset? _lastAt;
    private TimeSpan _last;

    public void Add(TimeSpan duration, DateTimeOffset now)
    {
        lock (_gate)
            (_count, _last, _lastAt) = (_count + 1, duration, now);
    }

    public BrokerFacts Facts(bool isConnected, string reason)
    {
        lock (_gate)
            return new BrokerFacts(isConnected, reason, _count, _lastAt, _lastAt is null ? null : _last.TotalSeconds);
    }
}
