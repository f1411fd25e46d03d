namespace Gateway.Redis;

/// <summary>Goes round the node's channels, some each tick: 38,000 take five minutes, and a tick costs Redis a quarter of a millisecond.</summary>
internal sealed class ChannelSample(SubscriptionTable table)
{
    private const int Size = 250;

    private Subscription[] _round = [];
    private int _next;

    /// <summary>Those of the next few that are wanted and were confirmed.</summary>
    public Subscription[] Next()
    {
        if (_next >= _round.Length)
        {
            _round = table.Snapshot();
            _next = 0;
        }

        var end = Math.Min(_next + Size, _round.Length);
        var sample = _round[_next..end];
        _next = end;
        return [.. sample.Where(subscription => subscription.Wanted && subscription.Confirmed.IsCompletedSuccessfully)];
    }
}
