namespace Gateway.Core.Buffers;

/// <summary>
/// A dictionary never shrinks by itself: what ten thousand clients have made it take would stay when they have gone. Called after each removal;
/// it copies what is left only when three quarters of the places are empty, so that a removal costs a look in the mean.
/// </summary>
internal static class SparseDictionaries
{
    // What so many places take, nobody misses.
    private const int Least = 64;

    public static void ShrinkIfSparse<TKey, TValue>(this Dictionary<TKey, TValue> dictionary)
        where TKey : notnull
    {
        if (dictionary.Capacity > Least && dictionary.Count < dictionary.Capacity / 4)
            dictionary.TrimExcess(Math.Max(Least / 2, dictionary.Count * 2));
    }

    public static void ShrinkIfSparse<T>(this HashSet<T> set)
    {
        if (set.Capacity > Least && set.Count < set.Capacity / 4)
            set.TrimExcess(Math.Max(Least / 2, set.Count * 2));
    }
}
