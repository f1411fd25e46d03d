using Gateway.Load.Client;
using Gateway.Load.Publishing;

namespace Gateway.Load.Cluster;

/// <summary>Publications at a steady rate, and when each was made.</summary>
internal sealed class PublicationLog(Loop loop, Publications publications, int channels, double rate)
{
    private readonly List<long>[] _times = [.. Enumerable.Range(0, channels).Select(_ => new List<long>())];
    private Timetable? _timetable;

    public long Total => publications.Total;

    /// <summary>Why one was refused; null: none was.</summary>
    public string? Refusal => publications.Refusal;

    /// <summary>How many were made in a channel.</summary>
    public long Published(int channel) => _times[channel].Count;

    /// <summary>Timestamp at which one was made.</summary>
    public long TimeOf(int channel, long number) => _times[channel][(int)number];

    /// <summary>Publishes what is due. Call it each turn.</summary>
    public void PublishDue()
    {
        _timetable ??= new Timetable(rate, Loop.Clock.GetTimestamp());
        publications.PublishDue(loop, _timetable);
        var now = Loop.Clock.GetTimestamp();
        for (var channel = 0; channel < channels; channel++)
        {
            while (_times[channel].Count < publications.Published(channel))
                _times[channel].Add(now);
        }
    }
}
