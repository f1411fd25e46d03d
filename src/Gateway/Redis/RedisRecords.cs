using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Brokers;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// Records of one kind: a string of each that expires, and a sorted set of their names by when they do. Whoever leaves one takes the names out
/// that are over, so that what nobody renews is forgotten without ceremony. All kinds need the same commands, and an ACL user no others.
/// </summary>
/// <param name="connection">Where to.</param>
/// <param name="keys">The kind's names in Redis.</param>
/// <param name="most">Read, the latest to expire: made-up names above it cost no more than that.</param>
/// <param name="options">Deadline.</param>
/// <param name="clock">Redis's own.</param>
/// <param name="time">Of the deadline.</param>
internal sealed class RedisRecords(RedisConnection connection, RedisRecordKeys keys, int most, RedisOptions options, RedisClock clock, TimeProvider time) : IKeptRecords
{
    // Strings asked for at once: all that there may be would be a hundred thousand in one write.
    private const int Batch = 1000;

    private const int LongestMember = 128;

    // The string's own end decides. Names stay a little longer: a reader may be between the two.
    private static readonly TimeSpan NamesAreKept = TimeSpan.FromMinutes(1);

    public ValueTask<byte[]?> KeepAsync(string name, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) => new(AskAsync(
        async database =>
        {
            var now = await clock.ReadAsync(database);
            var member = MemberOf(name);
            // In front of the next on the same connection.
            var before = database.StringGetAsync(keys.RecordOf(member));
            await Task.WhenAll(
                before,
                // Spelt out: the library says SETEX or PSETEX as the time is, and an ACL user would need all three.
                database.ExecuteAsync("SET", keys.RecordOf(member), json.ToArray(), "PX", Math.Max(1L, (long)expiry.TotalMilliseconds)),
                database.SortedSetAddAsync(keys.Names, member, (now + expiry).ToUnixTimeMilliseconds()),
                database.SortedSetRemoveRangeByScoreAsync(keys.Names, double.NegativeInfinity, (now - NamesAreKept).ToUnixTimeMilliseconds()));
            return (byte[]?)await before;
        },
        cancellationToken));

    public async ValueTask<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken)
    {
        var members = await AskAsync(database => database.SortedSetRangeByRankAsync(keys.Names, -most, -1), cancellationToken);
        var found = new List<byte[]>();
        foreach (var batch in members.Where(member => member.Length() <= LongestMember).Chunk(Batch))
        {
            // One by one, pipelined: in a Cluster the keys are on different servers.
            var read = await AskAsync(database => Task.WhenAll(batch.Select(member => database.StringGetAsync(keys.RecordOf(member.ToString())))), cancellationToken);
            found.AddRange(read.Where(value => value.HasValue).Select(value => (byte[])value!));
        }

        return found;
    }

    /// <summary>Nodes' names as they are, for whoever looks with redis-cli. Others may be of any length and any characters, and a key is neither.</summary>
    private static string MemberOf(string name) =>
        name.Length <= LongestMember && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-')
            ? name
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken) =>
        connection.AskAsync(ask, options.PublishTimeout, time, cancellationToken);
}
