using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Brokers;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// The revocations, for nodes that start later: a string of each that expires, and a sorted set of their names, of which expired ones are
/// taken out with every new one. With the commands of announcements, so that an ACL user needs no others.
/// </summary>
internal sealed class RedisRevocations(RedisConnection connection, RedisKeys keys, RedisOptions options, RedisClock clock, TimeProvider time)
{
    // Strings asked for at once: all that there may be would be a hundred thousand in one write.
    private const int Batch = 1000;

    /// <exception cref="BrokerUnavailableException">Redis has not taken it.</exception>
    public ValueTask KeepAsync(string name, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) => new(connection.AskAsync(
        async database =>
        {
            var now = await clock.ReadAsync(database);
            // A user may be called anything; a key has one length and no blanks.
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            await Task.WhenAll(
                database.ExecuteAsync("SET", keys.RevocationOf(digest), json.ToArray(), "PX", Math.Max(1L, (long)expiry.TotalMilliseconds)),
                database.SortedSetAddAsync(keys.Revocations, digest, (now + expiry).ToUnixTimeMilliseconds()),
                // The string's own end decides.
                database.SortedSetRemoveRangeByScoreAsync(keys.Revocations, double.NegativeInfinity, (now - TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds()));
            return true;
        },
        options.PublishTimeout, time, cancellationToken));

    /// <exception cref="BrokerUnavailableException">Redis has not answered.</exception>
    public async ValueTask<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken)
    {
        var digests = await AskAsync(static (database, keys, _) => database.SortedSetRangeByRankAsync(keys.Revocations), []);
        var found = new List<byte[]>();
        foreach (var batch in digests.Chunk(Batch))
        {
            // One by one, pipelined: in a Cluster the keys are on different servers.
            var read = await AskAsync(static (database, keys, batch) => Task.WhenAll(batch.Select(digest => database.StringGetAsync(keys.RevocationOf(digest.ToString())))), batch);
            found.AddRange(read.Where(value => value.HasValue).Select(value => (byte[])value!));
        }

        return found;

        Task<RedisValue[]> AskAsync(Func<IDatabase, RedisKeys, RedisValue[], Task<RedisValue[]>> ask, RedisValue[] batch) =>
            connection.AskAsync(database => ask(database, keys, batch), options.PublishTimeout, time, cancellationToken);
    }
}
