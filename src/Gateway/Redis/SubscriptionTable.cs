using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Redis;

/// <summary>
/// The channels that the node wants, and the link that carries them now. What is wanted and what is sent change under one gate, so
/// that a link that comes up sends each subscription exactly once: either it was in the table when the link was attached, or it was
/// added after and sent by the one who added it.
/// </summary>
internal sealed class SubscriptionTable(RedisKeys keys, Action<Subscription, string> onRefused)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChannelName, Subscription> _wanted = new(ChannelNameComparer.Instance);
    private SubscriberLink? _link;

    public int Count
    {
        get
        {
            lock (_gate)
                return _wanted.Count;
        }
    }

    /// <summary>Wants a channel: asks for it now if there is a link, else when there is one.</summary>
    public Subscription Add(ChannelName channel)
    {
        lock (_gate)
        {
            if (_wanted.TryGetValue(channel, out var known))
                return known;
            var subscription = new Subscription(channel, keys.Channel(channel));
            _wanted.Add(channel, subscription);
            _link?.Send(new SubscribeCommand(this, subscription));
            return subscription;
        }
    }

    /// <summary>Wants it no longer. The task completes when no further publication comes.</summary>
    public Task RemoveAsync(ChannelName channel)
    {
        lock (_gate)
            return _wanted.TryGetValue(channel, out var subscription) ? RemoveLocked(subscription) : Task.CompletedTask;
    }

    /// <summary>Wants it no longer, unless another subscription to the same channel has taken its place.</summary>
    public void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            if (subscription.Wanted)
                _ = RemoveLocked(subscription);
        }
    }

    /// <summary>Redis refused it: the end of a new one; one that was confirmed before stays, since a changed ACL may change back.</summary>
    public void Refuse(Subscription subscription, string error)
    {
        lock (_gate)
        {
            if (!subscription.Wanted)
                return;
            if (!subscription.Confirmed.IsCompleted)
            {
                Forget(subscription);
                subscription.Fail(new BrokerUnavailableException($"Redis refused the subscription: {error}", BrokerOutcome.NotDone));
            }
        }

        onRefused(subscription, error);
    }

    /// <summary>New subscriptions go to this link from now on; the result are those that it must be sent.</summary>
    public Subscription[] Attach(SubscriberLink link)
    {
        lock (_gate)
        {
            _link = link;
            return [.. _wanted.Values];
        }
    }

    public void Detach()
    {
        lock (_gate)
            _link = null;
    }

    /// <summary>Sends those that are still wanted; the result is how many had been confirmed before.</summary>
    public int Resend(SubscriberLink link, IEnumerable<Subscription> subscriptions)
    {
        var again = 0;
        lock (_gate)
        {
            foreach (var subscription in subscriptions)
            {
                if (!subscription.Wanted)
                    continue;
                if (subscription.Confirmed.IsCompletedSuccessfully)
                    again++;
                link.Send(new SubscribeCommand(this, subscription));
            }
        }

        return again;
    }

    /// <summary>What is wanted now.</summary>
    public Subscription[] Snapshot()
    {
        lock (_gate)
            return [.. _wanted.Values];
    }

    private Task RemoveLocked(Subscription subscription)
    {
        Forget(subscription);
        if (_link is null)
            return Task.CompletedTask;
        var command = new UnsubscribeCommand(subscription.Key);
        _link.Send(command);
        return command.Done;
    }

    private void Forget(Subscription subscription)
    {
        subscription.Wanted = false;
        _wanted.Remove(subscription.Channel);
    }
}
