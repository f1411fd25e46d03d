using System.ComponentModel;
using Gateway.Core.Connections;

namespace Gateway.Core.Diagnosis;

/// <summary>What one channel's rule has dropped, or replaced, for one connection that was behind.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">Publications.</param>
public sealed record ChannelDrops(
    string Channel,
    [property: Description("As in the metric gateway_deliveries_dropped_total: drop_oldest, drop_newest, memory; or conflated: replaced by a newer one of the same key, and not missing.")] string Reason,
    long Count)
{
    /// <summary>Not dropped: the client gets a newer one.</summary>
    internal const string Conflated = "conflated";

    internal static IReadOnlyList<ChannelDrops> Of(IEnumerable<ChannelSkips> skips, int most) =>
    [
        .. skips.OrderByDescending(skip => skip.Dropped).Take(most).SelectMany(skip => new ChannelDrops[]
        {
            new(skip.Channel, "drop_oldest", skip.DroppedOldest),
            new(skip.Channel, "drop_newest", skip.DroppedNewest),
            new(skip.Channel, "memory", skip.DroppedForMemory),
            new(skip.Channel, Conflated, skip.Conflated),
        }).Where(drops => drops.Count > 0),
    ];
}
