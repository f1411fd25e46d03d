using System.Diagnostics;
using System.Text;

namespace Gateway.Core.Brokers;

/// <summary>
/// Notes whose publications have not come yet; mostly none, and never for long, since a note and its publication travel on one
/// connection. Used by the broker's thread only, as its sink is.
/// </summary>
internal sealed class TraceNotes(TimeProvider time)
{
    // A publication follows its note at once. One that did not come was refused, or came first by another server of a cluster.
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(1);

    // Above it the oldest is forgotten: each publication in between looks through them.
    private const int MaxWaiting = 64;

    private readonly List<(TraceNote Note, byte[] Channel, long At)> _waiting = [];

    public int Count => _waiting.Count;

    public void Add(TraceNote note)
    {
        RemoveExpired();
        if (_waiting.Count == MaxWaiting)
            _waiting.RemoveAt(0);
        _waiting.Add((note, Encoding.UTF8.GetBytes(note.Channel), time.GetTimestamp()));
    }

    /// <summary>The context that was noted for a publication, which is then used up; the default: none was.</summary>
    public ActivityContext Take(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> payload)
    {
        if (_waiting.Count == 0)
            return default;
        RemoveExpired();
        for (var i = 0; i < _waiting.Count; i++)
        {
            var (note, noted, _) = _waiting[i];
            if (!channel.SequenceEqual(noted) || !note.IsOf(payload))
                continue;
            _waiting.RemoveAt(i);
            return note.Context;
        }

        return default;
    }

    private void RemoveExpired()
    {
        var expired = 0;
        while (expired < _waiting.Count && time.GetElapsedTime(_waiting[expired].At) > Expiry)
            expired++;
        _waiting.RemoveRange(0, expired);
    }
}
