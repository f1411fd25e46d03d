using Gateway.Load.Client;

namespace Gateway.Load.Publishing;

/// <summary>Publishes to channels in turn, at a rate or with so many in flight.</summary>
internal sealed class Publications(Publisher publisher, Subscribers subscribers, int channels, int size)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Between two publications of the warm-up: a cold server must not begin with a backlog that takes it longer than our patience.
    private static readonly TimeSpan WarmUpPace = TimeSpan.FromMilliseconds(20);

    private readonly long[] _published = new long[channels];
    private readonly byte[] _payload = new byte[size];
    private int _channel;

    /// <summary>Of all channels.</summary>
    public long Total { get; private set; }

    public long Published(int channel) => _published[channel];

    /// <summary>Publishes until every subscriber has got something, and then waits for the rest: a subscription in plain mode is not acknowledged.</summary>
    public void WarmUp(Loop loop)
    {
        var last = 0L;
        var isWarm = loop.RunUntil(() => subscribers.AllStarted, Patience, () =>
        {
            if (publisher.Answered < Total || Loop.Clock.GetElapsedTime(last) < WarmUpPace)
                return;
            last = Loop.Clock.GetTimestamp();
            PublishToAll();
        });
        if (!isWarm || !loop.RunUntil(() => subscribers.HaveAll(this), Patience))
            throw new LoadException($"Not every subscriber gets what is published. {publisher.Refusal}");
    }

    /// <summary>Keeps so many publications on their way: the next leaves when one has reached all of its subscribers.</summary>
    public void RunWindow(Loop loop, int inFlight, TimeSpan duration)
    {
        var before = Total - subscribers.Complete;
        loop.RunFor(duration, () =>
        {
            while (Total - before - subscribers.Complete < inFlight)
                PublishNext();
            publisher.Flush();
        });
    }

    /// <summary>Publishes so many a second over all channels, whatever has arrived.</summary>
    public void RunRate(Loop loop, double perSecond, TimeSpan duration)
    {
        var start = Loop.Clock.GetTimestamp();
        var published = 0L;
        loop.RunFor(duration, () => PublishDue(perSecond, Loop.Clock.GetElapsedTime(start), ref published));
    }

    /// <summary>One turn of <see cref="RunRate"/>.</summary>
    public void PublishDue(double perSecond, TimeSpan elapsed, ref long published)
    {
        for (var due = (long)(perSecond * elapsed.TotalSeconds); published < due; published++)
            PublishNext();
        publisher.Flush();
    }

    /// <summary>Waits for what is on its way. False: some of it did not come.</summary>
    public bool Settle(Loop loop, TimeSpan atMost) => loop.RunUntil(() => subscribers.HaveAll(this), atMost);

    private void PublishToAll()
    {
        for (var i = 0; i < channels; i++)
            PublishNext();
        publisher.Flush();
    }

    private void PublishNext()
    {
        Stamp.Write(_payload, _published[_channel]++, Loop.Clock.GetTimestamp());
        publisher.Publish(_channel, _payload);
        Total++;
        _channel = (_channel + 1) % channels;
    }
}
