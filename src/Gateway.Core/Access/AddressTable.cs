using System.Collections.Concurrent;
using System.Net;
using Gateway.Core.Options;

namespace Gateway.Core.Access;

/// <summary>
/// What each address has of the node. Kept for addresses with connections, and for those that came within the last second: it is bounded by
/// what the node accepts.
/// </summary>
internal sealed class AddressTable(LimitOptions limits)
{
    private readonly ConcurrentDictionary<AddressKey, AddressUse> _uses = new();

    /// <summary>Whether any limit is by address: else nobody needs the address, which is a system call.</summary>
    public bool IsUsed { get; } = limits.MaxConnectionsPerAddress > 0 || limits.HandshakesPerSecondPerAddress > 0;

    /// <summary>Addresses known.</summary>
    public int Count => _uses.Count;

    /// <summary>Counts a socket of an address. Null: the address is not known. Pair with <see cref="Leave"/>.</summary>
    public AddressUse? Enter(EndPoint? endPoint)
    {
        if (AddressKey.Of(endPoint) is not { } key)
            return null;
        while (true)
        {
            var use = _uses.GetOrAdd(key, static _ => new AddressUse());
            if (use.TryEnter())
                return use;
        }
    }

    /// <summary>The socket is gone.</summary>
    /// <param name="use">What <see cref="Enter"/> returned.</param>
    /// <param name="wasAdmitted">It was a connection.</param>
    public static void Leave(AddressUse use, bool wasAdmitted) => use.Leave(wasAdmitted);

    /// <summary>Whether the address has so many sockets, refused ones and unfinished handshakes included, that it is not worth an answer.</summary>
    public bool IsFlood(AddressUse use) => limits.MaxConnectionsPerAddress > 0 && use.Sockets > 2 * limits.MaxConnectionsPerAddress;

    /// <summary>Called about once a second: forgets who has gone.</summary>
    public void OnRound(long now)
    {
        foreach (var (key, use) in _uses)
        {
            if (use.TryRemove(now))
                _uses.TryRemove(KeyValuePair.Create(key, use));
        }
    }
}

/// <summary>One address's share. Any thread.</summary>
internal sealed class AddressUse
{
    private RateBudget _handshakes;
    private int _connections;
    private bool _isRemoved;

    /// <summary>Sockets, whatever became of them.</summary>
    public int Sockets { get; private set; }

    public bool TryEnter()
    {
        lock (this)
        {
            if (_isRemoved)
                return false;
            Sockets++;
            return true;
        }
    }

    public void Leave(bool wasAdmitted)
    {
        lock (this)
        {
            Sockets--;
            if (wasAdmitted)
                _connections--;
        }
    }

    /// <summary>Counts a connection; false: the address has as many as it may have.</summary>
    public bool TryAdmit(int maximum)
    {
        lock (this)
        {
            if (maximum > 0 && _connections >= maximum)
                return false;
            _connections++;
            return true;
        }
    }

    public bool TryHandshake(long now, int perSecond) => _handshakes.TryTake(now, perSecond);

    public bool TryRemove(long now)
    {
        lock (this)
        {
            _isRemoved = Sockets == 0 && _handshakes.IsEmpty(now);
            return _isRemoved;
        }
    }
}
