using Gateway.Load.Publishing;

namespace Gateway.Load.Tests.Publishing;

public class SubscribersTests
{
    private readonly byte[] _payload = new byte[Stamp.MinBytes];

    [Fact]
    public void OnMessage_EverySubscriberOfTheChannel_CompletesThePublication()
    {
        var subscribers = new Subscribers(count: 4, channels: 2);
        Deliver(subscribers, client: 0, channel: 0, number: 0);
        Assert.Equal(0, subscribers.Complete);
        Deliver(subscribers, client: 2, channel: 0, number: 0);
        Assert.Equal((1, 2), (subscribers.Complete, subscribers.Deliveries));
        Assert.False(subscribers.AllStarted);
    }

    [Fact]
    public void OnMessage_SeveralChannelsEach_CountsEachChannelByItself()
    {
        var subscribers = new Subscribers(count: 3, channels: 3, each: 2);
        Assert.Equal([2, 0], subscribers.ChannelsOf(2));
        Deliver(subscribers, client: 2, channel: 2, number: 5);
        Deliver(subscribers, client: 2, channel: 0, number: 0);
        Deliver(subscribers, client: 2, channel: 0, number: 2);
        Assert.Equal((1, 0), (subscribers.Sequences.Lost, subscribers.Strayed));
    }

    [Fact]
    public void OnMessage_AnotherChannel_Strays()
    {
        var subscribers = new Subscribers(count: 3, channels: 3, each: 2);
        Deliver(subscribers, client: 0, channel: 2, number: 0);
        Deliver(subscribers, client: 0, channel: 3, number: 0);
        Assert.Equal((2, 0), (subscribers.Strayed, subscribers.Deliveries));
    }

    [Fact]
    public void Missing_SomebodyBehind_IsCounted()
    {
        var subscribers = new Subscribers(count: 2, channels: 1);
        Deliver(subscribers, client: 0, channel: 0, number: 0);
        Deliver(subscribers, client: 0, channel: 0, number: 1);
        Deliver(subscribers, client: 1, channel: 0, number: 0);
        Assert.Equal(1, subscribers.Missing(_ => 2));
        Assert.Equal(0, subscribers.Missing(_ => 1));
    }

    private void Deliver(Subscribers subscribers, int client, int channel, long number)
    {
        new Stamp(channel, number, 0).Write(_payload);
        subscribers.OnMessage(client, default, _payload);
    }
}
