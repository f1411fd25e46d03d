using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Channels;

internal sealed partial class Shard
{
    private void Run(ShardItem item)
    {
        switch (item.Kind)
        {
            case ShardItemKind.Subscribe:
                Subscribe((SubscribeRequest)item.Subject);
                break;
            case ShardItemKind.Unsubscribe:
                Unsubscribe((UnsubscribeRequest)item.Subject);
                break;
            case ShardItemKind.Detach:
                Detach((Connection)item.Subject);
                break;
            case ShardItemKind.Joined:
                OnJoined((ChannelName)item.Subject);
                break;
            case ShardItemKind.JoinFailed:
                OnJoinFailed((ChannelName)item.Subject);
                break;
            default:
                ((Action<Shard>)item.Subject)(this);
                break;
        }
    }

    private void Subscribe(SubscribeRequest request)
    {
        var subscriber = request.Connection.ShardState as Subscriber ?? new Subscriber(request.Connection);
        if (subscriber.Subscriptions.Find(request.Channel) is not null)
        {
            Answer(subscriber, request.Complete(SubscribeResult.AlreadySubscribed));
            return;
        }

        // A connection that has ended is detached after its last request at the latest: see Detach.
        if (subscriber.Subscriptions.Count >= (request.Connection.Identity.Limits.Subscriptions ?? _limits.MaxSubscriptions) || request.Connection.State != ConnectionState.Open)
        {
            if (request.Connection.State == ConnectionState.Open)
                request.Connection.Report(Limit.Subscriptions);
            Answer(subscriber, request.Complete(SubscribeResult.TooMany));
            return;
        }

        if (TryAdd(subscriber, request, out var refusal) is not { } subscription)
        {
            request.Connection.Report(LimitOf(refusal));
            Answer(subscriber, request.Complete(refusal == JoinResult.NoMemory ? SubscribeResult.Overloaded : SubscribeResult.TooManyChannels));
            return;
        }

        if (subscription.Channel.IsJoined)
            Activate(subscription);
        else
            subscription.Channel.AddJoining(subscription);
    }

    /// <summary>A subscription that is neither active nor waiting yet; null: the node has no place for it, and nothing is left of it.</summary>
    private Subscription? TryAdd(Subscriber subscriber, SubscribeRequest request, out JoinResult result)
    {
        result = JoinResult.NoMemory;
        var isNew = !_channels.TryGetValue(request.Channel, out var channel);
        var bytes = Subscription.Bytes + (isNew ? ShardChannel.BytesOf(request.Channel) : 0);
        if (!_shares.TryHold(subscriber, bytes))
            return null; // nor has a subscriber without subscriptions got a holder
        Subscription? subscription = null;
        try
        {
            channel ??= TryOpen(subscriber, request.Channel, out result);
            if (channel is null)
                return null;
            var added = new Subscription(subscriber, channel, request, bytes + (isNew ? ChannelEntry.BytesOf(request.Channel) : 0));
            subscriber.Subscriptions.Add(added);
            subscription = added;
        }
        finally
        {
            if (subscription is null)
                Undo(subscriber, isNew ? channel : null, bytes);
        }

        request.Connection.ShardState = subscriber;
        subscriber.CountHeld(subscription.HeldBytes);
        _subscriptions++;
        return subscription;
    }

    /// <summary>Null: the node has no place for the channel.</summary>
    private ShardChannel? TryOpen(Subscriber subscriber, ChannelName name, out JoinResult result)
    {
        // What takes memory comes first: a shard that the directory knows to be interested has the channel.
        var channel = new ShardChannel(name, _policies.Of(name));
        _channels.EnsureCapacity(_channels.Count + 1);
        // Interest is set before the broker is asked: from its confirmation on, publications come here.
        result = _directory.Join(name, this, subscriber);
        if (result > JoinResult.Waiting)
            return null;
        channel.IsJoined = result == JoinResult.Joined;
        _channels.Add(name, channel);
        return channel;
    }

    /// <summary>Whatever was counted for a subscription that has not become one.</summary>
    /// <param name="subscriber">Whose.</param>
    /// <param name="opened">The channel, if it is there for that only; its bytes go with it.</param>
    /// <param name="bytes">What was counted.</param>
    private void Undo(Subscriber subscriber, ShardChannel? opened, int bytes)
    {
        _shares.LetGo(subscriber, opened is null ? bytes : Subscription.Bytes);
        if (subscriber.Subscriptions.Count == 0)
            Forget(subscriber);
        if (opened is not null)
            DropIfEmpty(opened);
    }

    /// <summary>The connection has no subscription any more, and hears of no gap.</summary>
    private static void Forget(Subscriber subscriber)
    {
        subscriber.Connection.ShardState = null;
        subscriber.Holder?.Leave();
        subscriber.Holder = null;
    }

    private static Limit LimitOf(JoinResult refusal) => refusal switch
    {
        JoinResult.Full => Limit.Channels,
        JoinResult.Reserved => Limit.ChannelShares,
        JoinResult.AddressFull => Limit.AddressChannels,
        JoinResult.UserFull => Limit.UserChannels,
        _ => Limit.Memory,
    };

    private void Unsubscribe(UnsubscribeRequest request)
    {
        var subscriber = request.Connection.ShardState as Subscriber;
        var subscription = subscriber?.Subscriptions.Find(request.Channel);
        if (subscription is not null)
        {
            // Still waiting for the broker: both are answered, in order, and nothing comes in between.
            if (subscription.Pending is { } pending)
                Answer(subscriber!, pending.Complete(SubscribeResult.Subscribed));
            Remove(subscription);
        }

        var answer = request.Complete(subscription is not null);
        if (answer is not null)
            Answer(subscriber ?? new Subscriber(request.Connection), answer);
    }

    private void Detach(Connection connection)
    {
        if (connection.ShardState is not Subscriber subscriber)
            return;
        // Its own table is left as it is, and goes as a whole.
        foreach (var subscription in subscriber.Subscriptions.All)
            Guarded(static (shard, subscription) => shard.Leave(subscription), subscription);
        Forget(subscriber);
    }

    private void OnJoined(ChannelName name)
    {
        if (!_channels.TryGetValue(name, out var channel))
            return;
        channel.IsJoined = true;
        foreach (var subscription in channel.TakeJoining())
            Guarded(static (shard, subscription) => shard.Activate(subscription), subscription, subscription.Subscriber.Connection);
        DropIfEmpty(channel);
    }

    private void OnJoinFailed(ChannelName name)
    {
        if (!_channels.TryGetValue(name, out var channel))
            return;
        Drop(channel);
        foreach (var subscription in channel.TakeJoining())
            Guarded(static (shard, subscription) => shard.Fail(subscription), subscription, subscription.Subscriber.Connection);
    }

    /// <summary>The broker has not confirmed its channel, which is gone already.</summary>
    private void Fail(Subscription subscription)
    {
        Uncount(subscription);
        Answer(subscription.Subscriber, subscription.Pending!.Complete(SubscribeResult.Unavailable));
    }

    /// <summary>The one step in which a subscription becomes active and its answer is queued.</summary>
    private void Activate(Subscription subscription)
    {
        var request = subscription.Pending!;
        subscription.Channel.Activate(subscription);
        Answer(subscription.Subscriber, request.Complete(SubscribeResult.Subscribed));
    }

    private void Remove(Subscription subscription)
    {
        subscription.Channel.Remove(subscription);
        Uncount(subscription);
        subscription.Subscriber.Connection.LeaveChannel(subscription.Channel.Outbound.Name);
        DropIfEmpty(subscription.Channel);
    }

    /// <summary>Its subscriber's last step with it, if that goes on.</summary>
    private void Uncount(Subscription subscription)
    {
        var subscriber = subscription.Subscriber;
        subscriber.Subscriptions.Remove(subscription);
        subscriber.CountHeld(-subscription.HeldBytes);
        _shares.LetGo(subscriber, Subscription.Bytes);
        _subscriptions--;
        if (subscriber.Subscriptions.Count == 0)
            Forget(subscriber);
    }

    /// <summary>The same of a subscriber that is gone with all of its subscriptions.</summary>
    private void Leave(Subscription subscription)
    {
        _subscriptions--;
        _shares.Account.LetGo(Subscription.Bytes);
        subscription.Channel.Remove(subscription);
        DropIfEmpty(subscription.Channel);
        // Nobody reads the answer; the request is completed all the same, for it may hold something.
        subscription.Pending?.Complete(SubscribeResult.Unavailable);
    }

    /// <summary>A channel whose broker answer is still awaited stays: the answer finds it empty, and drops it.</summary>
    private void DropIfEmpty(ShardChannel channel)
    {
        if (!channel.IsEmpty || !channel.IsJoined)
            return;
        Drop(channel);
        _directory.Leave(channel.Name, this);
    }

    private void Drop(ShardChannel channel)
    {
        if (!_channels.Remove(channel.Name))
            return;
        _shares.Account.LetGo(ShardChannel.BytesOf(channel.Name));
        _channels.ShrinkIfSparse();
    }

    private void Answer(Subscriber subscriber, OutboundFrame? answer)
    {
        if (answer is not { } frame)
            return;
        subscriber.Connection.Reply(frame);
        MarkDirty(subscriber);
    }
}
