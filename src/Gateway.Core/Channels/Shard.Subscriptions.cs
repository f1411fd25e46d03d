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
        request.Connection.ShardState = subscriber;
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

        if (!_channels.TryGetValue(request.Channel, out var channel))
        {
            // Interest is set before the broker is asked: from its confirmation on, publications come here.
            var joined = _directory.Join(request.Channel, this);
            if (joined == JoinResult.Full)
            {
                request.Connection.Report(Limit.Channels);
                Answer(subscriber, request.Complete(SubscribeResult.TooManyChannels));
                return;
            }

            channel = new ShardChannel(request.Channel, _policies.Of(request.Channel)) { IsJoined = joined == JoinResult.Joined };
            _channels.Add(channel.Name, channel);
        }

        var subscription = new Subscription(subscriber, channel, request);
        subscriber.Subscriptions.Add(subscription);
        _subscriptions++;
        if (channel.IsJoined)
            Activate(subscription);
        else
            channel.AddJoining(subscription);
    }

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
            if (subscriber!.Subscriptions.Count == 0)
                request.Connection.ShardState = null; // the connection hears of no gap any more
        }

        var answer = request.Complete(subscription is not null);
        if (answer is not null)
            Answer(subscriber ?? new Subscriber(request.Connection), answer);
    }

    private void Detach(Connection connection)
    {
        if (connection.ShardState is not Subscriber subscriber)
            return;
        connection.ShardState = null;
        foreach (var subscription in subscriber.Subscriptions.All.ToArray())
        {
            // Nobody reads the answer; the request is completed all the same, for it may hold something.
            subscription.Pending?.Complete(SubscribeResult.Unavailable);
            Remove(subscription);
        }
    }

    private void OnJoined(ChannelName name)
    {
        if (!_channels.TryGetValue(name, out var channel))
            return;
        channel.IsJoined = true;
        foreach (var subscription in channel.TakeJoining())
            Activate(subscription);
        DropIfEmpty(channel);
    }

    private void OnJoinFailed(ChannelName name)
    {
        if (!_channels.Remove(name, out var channel))
            return;
        foreach (var subscription in channel.TakeJoining())
        {
            subscription.Subscriber.Subscriptions.Remove(subscription);
            _subscriptions--;
            Answer(subscription.Subscriber, subscription.Pending!.Complete(SubscribeResult.Unavailable));
        }
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
        subscription.Subscriber.Subscriptions.Remove(subscription);
        subscription.Channel.Remove(subscription);
        subscription.Subscriber.Connection.LeaveChannel(subscription.Channel.Outbound.Name);
        _subscriptions--;
        DropIfEmpty(subscription.Channel);
    }

    /// <summary>A channel whose broker answer is still awaited stays: the answer finds it empty, and drops it.</summary>
    private void DropIfEmpty(ShardChannel channel)
    {
        if (!channel.IsEmpty || !channel.IsJoined)
            return;
        _channels.Remove(channel.Name);
        _directory.Leave(channel.Name, this);
    }

    private void Answer(Subscriber subscriber, OutboundFrame? answer)
    {
        if (answer is not { } frame)
            return;
        subscriber.Connection.Reply(frame);
        MarkDirty(subscriber);
    }
}
