using System.Net;
using Gateway.Core.Addresses;
using Gateway.Core.Buffers;
using Gateway.Core.Options;

namespace Gateway.Core.Access;

/// <summary>
/// What each address has of the node. Kept for addresses with connections, and for those that came within the last second: it is bounded by
/// what the node accepts, and counted in its memory.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="account">The node's memory.</param>
internal sealed class AddressTable(LimitOptions limits, MemoryAccount account)
{
    /// <summary>What an address takes: the object, and its place in a dictionary that is half empty.</summary>
    public const int BytesEach = 144;

    // A power of two, so that the sweep holds up few of those that come meanwhile.
    private const int Stripes = 64;

    private readonly Dictionary<AddressKey, AddressUse>[] _stripes = // each guarded by itself
        [.. Enumerable.Range(0, Stripes).Select(_ => new Dictionary<AddressKey, AddressUse>())];

    private int _count;

    /// <summary>Whether any limit is by address: else nobody needs the address, which is a system call.</summary>
    public bool IsUsed { get; } = limits.MaxConnectionsPerAddress > 0 || limits.HandshakesPerSecondPerAddress > 0;

    /// <summary>Addresses known.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts a socket of an address. Pair with <see cref="Leave"/>. False: there is no memory to know a further address.</summary>
    /// <param name="endPoint">The address.</param>
    /// <param name="use">Null: the address is not known, or there is no memory for it.</param>
    public bool TryEnter(EndPoint? endPoint, out AddressUse? use)
    {
        use = null;
        if (AddressKey.Of(endPoint) is not { } key)
            return true;
        var stripe = StripeOf(key);
        lock (stripe)
        {
            if (!stripe.TryGetValue(key, out use) && (use = TryAdd(stripe, key)) is null)
                return false;
            use.Enter();
            return true;
        }
    }

    /// <summary>The socket is gone.</summary>
    /// <param name="use">What <see cref="TryEnter"/> gave.</param>
    /// <param name="wasAdmitted">It was a connection.</param>
    public static void Leave(AddressUse use, bool wasAdmitted) => use.Leave(wasAdmitted);

    /// <summary>Whether the address has so many sockets, refused ones and unfinished handshakes included, that it is not worth an answer.</summary>
    public bool IsFlood(AddressUse use) => limits.MaxConnectionsPerAddress > 0 && use.Sockets > 2 * limits.MaxConnectionsPerAddress;

    /// <summary>Called about once a second: forgets who has gone. Allocates nothing, so that it can do so when memory is short.</summary>
    public void OnRound(long now)
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe)
                Sweep(stripe, now);
        }
    }

    /// <summary>Under the stripe's lock.</summary>
    private void Sweep(Dictionary<AddressKey, AddressUse> stripe, long now)
    {
        var before = stripe.Count;
        foreach (var (key, use) in stripe) // to remove does not disturb it
        {
            if (use.IsOver(now))
                stripe.Remove(key);
        }

        var gone = before - stripe.Count;
        if (gone == 0)
            return;
        Interlocked.Add(ref _count, -gone);
        account.LetGo((long)gone * BytesEach);
        stripe.ShrinkIfSparse();
    }

    /// <summary>Under the stripe's lock.</summary>
    private AddressUse? TryAdd(Dictionary<AddressKey, AddressUse> stripe, AddressKey key)
    {
        if (!account.TryHold(BytesEach))
            return null;
        AddressUse? added = null;
        try
        {
            var use = new AddressUse();
            stripe.Add(key, use);
            added = use;
            Interlocked.Increment(ref _count);
        }
        finally
        {
            if (added is null)
                account.LetGo(BytesEach);
        }

        return added;
    }

    private Dictionary<AddressKey, AddressUse> StripeOf(AddressKey key) => _stripes[key.GetHashCode() & (Stripes - 1)];
}

/// <summary>One address's share. Any thread.</summary>
internal sealed class AddressUse
{
    private RateBudget _handshakes;
    private int _connections;

    /// <summary>Sockets, whatever became of them.</summary>
    public int Sockets { get; private set; }

    public void Enter()
    {
        lock (this)
            Sockets++;
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

    /// <summary>Whether a new one would be the same. Under the lock of its table's stripe, under which alone sockets come.</summary>
    public bool IsOver(long now)
    {
        lock (this)
            return Sockets == 0 && _handshakes.IsEmpty(now);
    }
}
