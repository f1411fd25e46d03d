using System.Globalization;
using Gateway.Core.Brokers;

namespace Gateway.Redis;

/// <summary>
/// What the node may say about Redis. Two things can be wrong: the publications' link, and publishing. Down is either; the node turns
/// not ready when it has been down for too long, or has never been up.
/// </summary>
internal sealed class BrokerHealth
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _unreadyAfter;
    private string? _linkProblem = "connecting";
    private string? _publishProblem = "no message to itself has come back yet";
    private string _endPoint = "";
    private bool _everUp;
    private DateTimeOffset _since;
    private long _sinceTimestamp;

    public BrokerHealth(TimeProvider time, TimeSpan unreadyAfter)
    {
        _time = time;
        _unreadyAfter = unreadyAfter;
        Mark();
    }

    public BrokerStatus Status
    {
        get
        {
            lock (_gate)
            {
                var since = _since.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                if ((_linkProblem ?? _publishProblem) is not { } problem)
                    return new BrokerStatus(true, true, $"connected to Redis at {_endPoint} since {since}");
                var elapsed = _time.GetElapsedTime(_sinceTimestamp);
                var duration = $"{elapsed.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)} s, since {since}";
                if (!_everUp)
                    return new BrokerStatus(false, false, $"never connected to Redis ({duration}): {problem}; no publication reaches this node");
                var ready = _unreadyAfter == TimeSpan.Zero || elapsed < _unreadyAfter;
                return new BrokerStatus(false, ready, $"without Redis ({duration}): {problem}; clients are kept and miss publications");
            }
        }
    }

    public void LinkWorks(string endPoint)
    {
        lock (_gate)
        {
            _endPoint = endPoint;
            Change(null, _publishProblem);
        }
    }

    public void LinkFails(string problem)
    {
        lock (_gate)
            Change(problem, _publishProblem);
    }

    /// <summary>The result is whether that is news.</summary>
    public bool PublishingWorks()
    {
        lock (_gate)
            return Change(_linkProblem, null);
    }

    /// <summary>The result is whether that is news.</summary>
    public bool PublishingFails(string problem)
    {
        lock (_gate)
            return Change(_linkProblem, problem);
    }

    private bool Change(string? linkProblem, string? publishProblem)
    {
        var news = (publishProblem is null) != (_publishProblem is null);
        var wasUp = (_linkProblem ?? _publishProblem) is null;
        (_linkProblem, _publishProblem) = (linkProblem, publishProblem);
        var up = (linkProblem ?? publishProblem) is null;
        _everUp |= up;
        if (up != wasUp)
            Mark();
        return news;
    }

    private void Mark()
    {
        _since = _time.GetUtcNow();
        _sinceTimestamp = _time.GetTimestamp();
    }
}
