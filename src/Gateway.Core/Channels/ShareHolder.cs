using Gateway.Core.Access;
using Gateway.Core.Addresses;

namespace Gateway.Core.Channels;

/// <summary>
/// What one connection has taken, and for whose shares it counts: its address's and its user's. Made with the first channel that it opens, or
/// when it has more than a few subscriptions, so that most connections have none; it lives until the connection is subscribed to nothing any
/// more and the channels that it has opened are gone. Any thread.
/// </summary>
internal sealed class ShareHolder
{
    private readonly ShareTable<AddressKey> _addresses;
    private readonly ShareTable<string> _users;
    private readonly AddressKey? _addressKey;
    private readonly string? _userName;
    private int _channels;
    private int _uses = 1; // its connection's, and one a channel
    private long _subscriptionBytes;

    public ShareHolder(ShareTable<AddressKey> addresses, ShareTable<string> users, AddressKey? address, string? user)
    {
        (_addresses, _users, _addressKey, _userName) = (addresses, users, address, user);
        Address = address is { } key ? addresses.Enter(key) : null;
        User = user is not null ? users.Enter(user) : null;
    }

    /// <summary>Null: the address is not known, or nobody's.</summary>
    public Share? Address { get; }

    /// <summary>Null: the client is anonymous.</summary>
    public Share? User { get; }

    /// <summary>Counts a channel more. Returns those of the connection then, itself included.</summary>
    public int AddChannel()
    {
        Interlocked.Increment(ref _uses);
        Address?.AddChannels(1);
        User?.AddChannels(1);
        return Interlocked.Increment(ref _channels);
    }

    /// <summary>A channel that it has opened is gone, or was not to be had.</summary>
    public void RemoveChannel()
    {
        Interlocked.Decrement(ref _channels);
        Address?.AddChannels(-1);
        User?.AddChannels(-1);
        Release();
    }

    /// <summary>Called by the connection's shard only.</summary>
    public void AddSubscriptionBytes(long bytes)
    {
        _subscriptionBytes += bytes;
        Address?.AddSubscriptionBytes(bytes);
        User?.AddSubscriptionBytes(bytes);
    }

    /// <summary>The connection has no subscription any more. Called by its shard, once.</summary>
    public void Leave()
    {
        AddSubscriptionBytes(-_subscriptionBytes);
        Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _uses) != 0)
            return;
        if (_addressKey is { } address)
            _addresses.Leave(address);
        if (_userName is not null)
            _users.Leave(_userName);
    }
}
