using Gateway.Core.Brokers;

namespace Gateway.Redis;

/// <summary>
/// The nodes' announcements: a string of each that expires, and a sorted set of their names. Nodes come and go without ceremony: one that
/// dies is forgotten, and each takes the names of forgotten ones out of the set.
/// </summary>
internal sealed class RedisAnnouncements(RedisConnection connection, RedisKeys keys, RedisOptions options, RedisClock clock, TimeProvider time)
{
    /// <summary>Twice as many as nodes are reckoned with: some have gone, and their names are taken out a minute later.</summary>
    private const int MostNames = 2000;

    private const int LongestName = 128;

    /// <returns>What stood there.</returns>
    /// <exception cref="BrokerUnavailableException">Redis has not taken it.</exception>
    public ValueTask<byte[]?> AnnounceAsync(ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) => new(connection.AskAsync(
        async database =>
        {
            var now = await clock.ReadAsync(database);
            // In front of the next on the same connection.
            var before = database.StringGetAsync(keys.Announcement);
            await Task.WhenAll(
                before,
                // Spelt out: the library says SETEX or PSETEX as the time is, and an ACL user would need all three.
                database.ExecuteAsync("SET", keys.Announcement, json.ToArray(), "PX", (long)expiry.TotalMilliseconds),
                database.SortedSetAddAsync(keys.Nodes, keys.Node, now.ToUnixTimeMilliseconds()),
                // The string's own end decides; others may forget later than this node.
                database.SortedSetRemoveRangeByScoreAsync(keys.Nodes, double.NegativeInfinity, (now - expiry - TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds()));
            return (byte[]?)await before;
        },
        options.PublishTimeout, time, cancellationToken));

    /// <exception cref="BrokerUnavailableException">Redis has not answered.</exception>
    public ValueTask<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken) => new(connection.AskAsync<IReadOnlyList<byte[]>>(
        async database =>
        {
            // The latest ones: a thousand made-up names more cost no more than that.
            var names = (await database.SortedSetRangeByRankAsync(keys.Nodes, -MostNames, -1)).Where(name => name.Length() <= LongestName);
            // One by one, pipelined: in a Cluster the keys are on different servers.
            var read = await Task.WhenAll(names.Select(name => database.StringGetAsync(keys.AnnouncementOf(name.ToString()))));
            return [.. read.Where(value => value.HasValue).Select(value => (byte[])value!)];
        },
        options.PublishTimeout, time, cancellationToken));
}
