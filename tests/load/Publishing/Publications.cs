using Gateway.Load.Client;

namespace Gateway.Load.Publishing;

/// <summary>Publishes to channels in turn, numbered in each.</summary>
internal sealed class Publications(Publisher publisher, int channels, int size)
{
    private readonly long[] _published = new long[channels];
    private readonly byte[] _payload = new byte[size];
    private int _channel;

    /// <summary>Of all channels.</summary>
    public long Total { get; private set; }

    /// <summary>Whether the other side has answered all.</summary>
    public bool AreAnswered => publisher.Answered == Total;

    /// <summary>Those that it has answered, well or not.</summary>
    public long Answered => publisher.Answered;

    /// <summary>Those that the other side has refused.</summary>
    public long Refused => publisher.Refused;

    /// <summary>Why one was refused; null: none was.</summary>
    public string? Refusal => publisher.Refusal;

    public long Published(int channel) => _published[channel];

    /// <summary>Publishes to the next channel, now.</summary>
    public void PublishNext() => PublishNext(Loop.Clock.GetTimestamp());

    /// <summary>Publishes to each channel, now.</summary>
    public void PublishToAll()
    {
        for (var i = 0; i < channels; i++)
            PublishNext();
        publisher.Flush();
    }

    /// <summary>Publishes what is due, stamped with the time that it should have left.</summary>
    public void PublishDue(Loop loop, Timetable timetable)
    {
        var now = Loop.Clock.GetTimestamp();
        while (timetable.TryTake(now, out var intended))
            PublishNext(intended);
        publisher.Flush();
        loop.WakeAt(timetable.Next);
    }

    /// <summary>Sends what is queued.</summary>
    public void Flush() => publisher.Flush();

    private void PublishNext(long timestamp)
    {
        new Stamp(_channel, _published[_channel]++, timestamp).Write(_payload);
        publisher.Publish(_channel, _payload);
        Total++;
        _channel = (_channel + 1) % channels;
    }
}
