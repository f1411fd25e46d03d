using System.Runtime.CompilerServices;

namespace Gateway.Core.Buffers;

/// <summary>Places of a dictionary in which nothing stands: by itself it never gives one back.</summary>
internal static class SparePlaces
{
    // As many stay as a stripe of a small node has, so that a few clients who come and go change nothing.
    private const int Least = 16;

    // In an entry: the hash and the next one; and a bucket for it.
    private const int PlaceBytes = 12;

    /// <summary>Of a dictionary that is guarded by itself.</summary>
    public static long Bytes<TKey, TValue>(Dictionary<TKey, TValue> places)
        where TKey : notnull
    {
        lock (places)
            return (places.Capacity - places.Count) * (long)(Unsafe.SizeOf<TKey>() + Unsafe.SizeOf<TValue>() + PlaceBytes);
    }

    /// <summary>Gives places back when three of four are empty.</summary>
    public static void Trim<TKey, TValue>(Dictionary<TKey, TValue> places)
        where TKey : notnull
    {
        lock (places)
        {
            if (places.Capacity > Math.Max(Least, 4 * places.Count))
                places.TrimExcess(Math.Max(Least, places.Count));
        }
    }
}
