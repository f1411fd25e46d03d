using System.Runtime.CompilerServices;
using Gateway.Core.Buffers;

namespace Gateway.Core.Channels;

/// <summary>What a shard's inbox and lists keep of the most that ever stood in them.</summary>
internal sealed partial class Shard : IKeepsMemory
{
    // A batch's publications and items, and the connections that they are for, of a node of some thousand clients.
    private const int LeastPlaces = 4096;

    public long KeptBytes =>
        _inbox.KeptBytes
        + (_items.Capacity * (long)Unsafe.SizeOf<ShardItem>())
        + (_dirty.Capacity * (long)Unsafe.SizeOf<Subscriber>());

    /// <summary>Comes to the shard as everything does: it is the only one who may touch them.</summary>
    public void Trim()
    {
        _inbox.Trim();
        Post(ShardItemKind.Inspect, (Action<Shard>)(static shard =>
        {
            Trim(shard._items);
            Trim(shard._dirty);
        }));
    }

    public void TrimIdle() => Trim();

    private static void Trim<T>(List<T> list)
    {
        if (list.Capacity > LeastPlaces)
            list.Capacity = Math.Max(LeastPlaces, list.Count);
    }
}
