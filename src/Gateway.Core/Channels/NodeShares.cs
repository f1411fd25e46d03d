using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Options;

namespace Gateway.Core.Channels;

/// <summary>
/// Who gets the last channels, and the last memory for subscriptions, so that nobody takes all of them. The last fifth of either
/// (<c>Gateway:Limits:ReservedPercent</c>) is for connections with less than a few of it; of that the last half is for those whose address and
/// whose user have together less than a quarter of the reserve as well. Whoever opens a channel has it until it is gone, whoever else comes and
/// stays: to hand it on would let two connections own nothing and hold all.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="account">The node's memory.</param>
internal sealed class NodeShares(LimitOptions limits, MemoryAccount account)
{
    /// <summary>A page's or a device's own channels, its user's and some rooms fit.</summary>
    public const int Few = 16;

    private readonly int _reservedChannels = (int)((long)limits.MaxChannels * limits.ReservedPercent / 100);

    private readonly ShareTable<AddressKey> _addresses = new();
    private readonly ShareTable<string> _users = new();

    /// <summary>Addresses with a share, for tests.</summary>
    public int Addresses => _addresses.Count;

    /// <summary>Users with a share, for tests.</summary>
    public int Users => _users.Count;

    /// <summary>Where the bytes are counted.</summary>
    public MemoryAccount Account => account;

    /// <summary>Whether so many channels are all that everybody may have: those that nobody is subscribed to make room.</summary>
    public bool IsReserved(int channels) => _reservedChannels > 0 && channels > limits.MaxChannels - _reservedChannels;

    /// <summary>Counts a channel as the connection's, with the bytes it takes. Else nothing is counted.</summary>
    /// <param name="subscriber">Who opens it.</param>
    /// <param name="channels">The node's channels then, this one included.</param>
    /// <param name="bytes">What it takes.</param>
    /// <param name="holder">Whose it is.</param>
    public JoinResult TryOpen(Subscriber subscriber, int channels, int bytes, out ShareHolder holder)
    {
        if (channels > limits.MaxChannels)
        {
            holder = null!;
            return JoinResult.Full;
        }

        holder = HolderOf(subscriber);
        var own = holder.AddChannel();
        var result = Judge(holder, own, channels);
        if (result == JoinResult.Waiting && account.TryHold(bytes))
            return result;
        holder.RemoveChannel();
        return result == JoinResult.Waiting ? JoinResult.NoMemory : result;
    }

    /// <summary>A channel is gone.</summary>
    public void Close(ShareHolder holder, int bytes)
    {
        account.LetGo(bytes);
        holder.RemoveChannel();
    }

    /// <summary>Counts what a subscription more takes. False: there is no room for it, or what there is is for those with fewer.</summary>
    /// <param name="subscriber">Whose.</param>
    /// <param name="bytes">What it takes, and its shard's part of the channel if that is not there yet.</param>
    public bool TryHold(Subscriber subscriber, int bytes)
    {
        if (!MayHold(subscriber))
            return false;
        var holder = subscriber.Subscriptions.Count >= Few ? HolderOf(subscriber) : null;
        if (!account.TryHold(bytes))
            return false;
        holder?.AddSubscriptionBytes(Subscription.Bytes);
        return true;
    }

    /// <summary>A subscription has not become one, or has gone; it is among its subscriber's no more.</summary>
    /// <param name="subscriber">Whose.</param>
    /// <param name="bytes">What it has taken, as <see cref="TryHold"/> counted.</param>
    public void LetGo(Subscriber subscriber, int bytes)
    {
        account.LetGo(bytes);
        if (subscriber.Subscriptions.Count >= Few)
            subscriber.Holder?.AddSubscriptionBytes(-Subscription.Bytes);
    }

    private JoinResult Judge(ShareHolder holder, int own, int channels)
    {
        if (limits.MaxChannelsPerAddress > 0 && holder.Address?.Channels > limits.MaxChannelsPerAddress)
            return JoinResult.AddressFull;
        if (limits.MaxChannelsPerUser > 0 && holder.User?.Channels > limits.MaxChannelsPerUser)
            return JoinResult.UserFull;
        if (!IsReserved(channels))
            return JoinResult.Waiting;
        var share = Math.Max(Few, _reservedChannels / 4);
        var isLast = channels > limits.MaxChannels - (_reservedChannels / 2);
        return own > Few || (isLast && (holder.Address?.Channels > share || holder.User?.Channels > share)) ? JoinResult.Reserved : JoinResult.Waiting;
    }

    private bool MayHold(Subscriber subscriber)
    {
        var most = account.MaxTotalBytes;
        var reserved = most / 100 * limits.ReservedPercent;
        var used = account.TotalBytes;
        if (used < most - reserved)
            return true;
        return subscriber.Subscriptions.Count < Few && (used < most - (reserved / 2) || !HasLargeShare(subscriber.Connection, reserved / 4));
    }

    // A look only: a connection with few subscriptions holds no share, and most are such.
    private bool HasLargeShare(Connection connection, long bytes) =>
        (connection.ShareAddress is { } address && _addresses.TryFind(address, out var ofAddress) && ofAddress.SubscriptionBytes >= bytes)
        || (connection.Identity.User is { } user && _users.TryFind(user, out var ofUser) && ofUser.SubscriptionBytes >= bytes);

    private ShareHolder HolderOf(Subscriber subscriber) =>
        subscriber.Holder ??= new ShareHolder(_addresses, _users, subscriber.Connection.ShareAddress, subscriber.Connection.Identity.User);
}
