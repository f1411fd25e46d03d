using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Buffers;

namespace Gateway.Core.Access;

/// <summary>The shares of all addresses, or of all users: of those that somebody holds, so that it is bounded by their number.</summary>
internal sealed class ShareTable<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Share> _shares = []; // guarded by itself

    /// <summary>Shares that are held.</summary>
    public int Count
    {
        get
        {
            lock (_shares)
                return _shares.Count;
        }
    }

    /// <summary>One holder more. Pair with <see cref="Leave"/>.</summary>
    public Share Enter(TKey key)
    {
        lock (_shares)
        {
            if (!_shares.TryGetValue(key, out var share))
                _shares.Add(key, share = new Share());
            share.Holders++;
            return share;
        }
    }

    /// <summary>One holder less; the last one takes the share along.</summary>
    public void Leave(TKey key)
    {
        lock (_shares)
        {
            if (!_shares.TryGetValue(key, out var share) || --share.Holders > 0)
                return;
            _shares.Remove(key);
            _shares.ShrinkIfSparse();
        }
    }

    /// <summary>Without holding it. False: nobody holds it.</summary>
    public bool TryFind(TKey key, [NotNullWhen(true)] out Share? share)
    {
        lock (_shares)
            return _shares.TryGetValue(key, out share);
    }
}
