using System.Collections.Concurrent;

namespace Gateway.Core.Access;

/// <summary>
/// The revocations that this node knows. Asked at every admission and refresh, so that nothing but a look into a dictionary is done there;
/// with none known, not even that.
/// </summary>
/// <param name="time">Clock.</param>
internal sealed class Revocations(TimeProvider time)
{
    /// <summary>
    /// Some 200 bytes each: 20 MB. Whoever has more to take back changes the signing key. What comes above it is refused and told, since
    /// forgetting an older one would let its token in again.
    /// </summary>
    public const int Most = 100_000;

    /// <summary>
    /// Milliseconds that a node's clock may be ahead of this one's; as the most that <c>ClockSkew</c> may be. What says to be of a later
    /// moment counts as of this one, or a slip of the pen in a backend's envelope would keep a user out for good.
    /// </summary>
    private const long FarthestAhead = 10 * 60 * 1000;

    /// <summary>Milliseconds that one is kept: a year, as the option and the API allow.</summary>
    private const long LongestKept = 365L * 24 * 3600 * 1000;

    private readonly ConcurrentDictionary<string, Revocation> _byName = new(StringComparer.Ordinal);
    private int _count; // the dictionary's own takes all its locks

    /// <summary>Revocations that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes one. False: there are too many.</summary>
    public bool Add(Revocation revocation)
    {
        var now = Now;
        revocation = revocation with { At = Math.Clamp(revocation.At, 0, now + FarthestAhead), Until = Math.Min(revocation.Until, now + LongestKept) };
        if (revocation.Until <= now)
            return true; // what it covers has expired by itself
        while (true)
        {
            if (_byName.TryGetValue(revocation.Name, out var old))
            {
                // The later moment covers all that the earlier one does, and each is kept for as long as either would be.
                var merged = revocation with { At = Math.Max(old.At, revocation.At), Until = Math.Max(old.Until, revocation.Until) };
                if (_byName.TryUpdate(revocation.Name, merged, old))
                    return true;
            }
            else if (Count >= Most)
            {
                return false;
            }
            else if (_byName.TryAdd(revocation.Name, revocation))
            {
                Interlocked.Increment(ref _count);
                return true;
            }
        }
    }

    /// <summary>
    /// Whether a token is revoked. An issuer whose clock is ahead dates its tokens so: one that says to be issued up to that much after the
    /// revocation, the last moment included, may have been issued before it, and counts so. It also covers that most issuers write whole
    /// seconds, and nodes milliseconds.
    /// </summary>
    /// <param name="identity">Who the token says it is.</param>
    /// <param name="skew">How far the issuer's clock may be ahead.</param>
    public bool Cover(ClientIdentity identity, TimeSpan skew)
    {
        if (Count == 0 || !identity.IsAuthenticated)
            return false;
        return (identity.TokenId is { } id && Find("jti:" + id) is not null)
            || (Find("user:" + identity.Subject) is { } all && (identity.IssuedAt is not { } issued || issued.ToUnixTimeMilliseconds() <= all.At + (long)skew.TotalMilliseconds));
    }

    /// <summary>Forgets those that are over. Called once in a while.</summary>
    public void Prune()
    {
        if (Count == 0)
            return;
        var now = Now;
        foreach (var entry in _byName)
        {
            if (entry.Value.Until <= now && _byName.TryRemove(entry))
                Interlocked.Decrement(ref _count);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private Revocation? Find(string name) => _byName.TryGetValue(name, out var found) && found.Until > Now ? found : null;
}
