using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Channels;

/// <summary>The shard's own collections, each against a plain one.</summary>
public sealed class ShardStructuresTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    public void SubscriptionSet_UpToACount_HoldsWhatWasAdded(int count)
    {
        using var harness = new ShardHarness();
        var subscriber = new Subscriber(harness.Open().Connection);
        var set = subscriber.Subscriptions;
        var added = Enumerable.Range(0, count).Select(i => Drawn(harness, subscriber, $"c{i}")).ToList();

        foreach (var subscription in added)
        {
            Assert.Null(set.Find(subscription.Channel.Name));
            set.Add(subscription);
            Assert.Same(subscription, set.Find(ChannelName.Parse(subscription.Channel.Name.Text)));
        }

        Assert.Equal(count, set.Count);
        Assert.Equal(added.Select(s => s.Channel.Name.Text).Order(), set.All.Select(s => s.Channel.Name.Text).Order());
        foreach (var subscription in added)
        {
            set.Remove(subscription);
            Assert.Null(set.Find(subscription.Channel.Name));
        }

        Assert.Equal(0, set.Count);
        Assert.Empty(set.All);
    }

    [Fact]
    public void SubscriptionSet_RandomOperations_AgreesWithADictionary()
    {
        using var harness = new ShardHarness();
        var random = new Random(3);
        var connection = harness.Open().Connection;
        for (var run = 0; run < 20; run++)
        {
            var subscriber = new Subscriber(connection);
            var twin = new Dictionary<string, Subscription>();
            for (var i = 0; i < 300; i++)
            {
                var name = $"c{random.Next(24)}";
                Assert.Equal(twin.GetValueOrDefault(name), subscriber.Subscriptions.Find(ChannelName.Parse(name)));
                if (twin.Remove(name, out var there))
                {
                    subscriber.Subscriptions.Remove(there);
                }
                else
                {
                    twin.Add(name, Drawn(harness, subscriber, name));
                    subscriber.Subscriptions.Add(twin[name]);
                }

                Assert.Equal(twin.Count, subscriber.Subscriptions.Count);
                Assert.Equal(twin.Keys.Order(), subscriber.Subscriptions.All.Select(s => s.Channel.Name.Text).Order());
            }
        }
    }

    [Fact]
    public void ShardChannel_RandomActivationsAndRemovals_AgreesWithASet()
    {
        using var harness = new ShardHarness();
        var random = new Random(5);
        var subscriber = new Subscriber(harness.Open().Connection);
        var channel = new ShardChannel(ChannelName.Parse("news"), SlowConsumerPolicy.Default);
        var joining = new List<Subscription>();
        var active = new List<Subscription>();
        for (var i = 0; i < 20_000; i++)
        {
            // Grows to several hundred, shrinks to nothing, and again.
            var isGrowing = i / 1500 % 2 == 0;
            switch (random.Next(6))
            {
                case < 3 when isGrowing:
                    var activated = new Subscription(subscriber, channel, Request(harness, "news"), Subscription.Bytes);
                    channel.Activate(activated);
                    active.Add(activated);
                    Assert.Null(activated.Pending);
                    break;
                case 3 when isGrowing:
                    var joined = new Subscription(subscriber, channel, Request(harness, "news"), Subscription.Bytes);
                    channel.AddJoining(joined);
                    joining.Add(joined);
                    break;
                case 4 when joining.Count > 0:
                    channel.Remove(Taken(joining, random));
                    break;
                default:
                    if (active.Count > 0)
                        channel.Remove(Taken(active, random));
                    break;
            }

            if (random.Next(500) == 0)
            {
                Assert.Equal(joining.ToHashSet(), channel.TakeJoining().ToHashSet());
                joining.Clear();
            }

            Assert.Equal(active.Count, channel.ActiveCount);
            Assert.Equal(active.Count == 0 && joining.Count == 0, channel.IsEmpty);
            Assert.All(active, subscription => Assert.Same(subscription, Standing(channel, subscription.Index)));
        }
    }

    private static Subscription Standing(ShardChannel channel, int index) => channel.Active[index];

    private static Subscription Taken(List<Subscription> from, Random random)
    {
        var index = random.Next(from.Count);
        var taken = from[index];
        from.RemoveAt(index);
        return taken;
    }

    private static Subscription Drawn(ShardHarness harness, Subscriber subscriber, string name) =>
        new(subscriber, new ShardChannel(ChannelName.Parse(name), SlowConsumerPolicy.Default), Request(harness, name), Subscription.Bytes);

    private static SilentSubscribe Request(ShardHarness harness, string name) => new(harness, name);

    private sealed class SilentSubscribe(ShardHarness harness, string name)
        : SubscribeRequest(null!, ChannelName.Parse(name), harness.Encoder)
    {
        public override OutboundFrame? Complete(SubscribeResult result) => null;
    }
}
