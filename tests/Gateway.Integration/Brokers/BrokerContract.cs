using System.Globalization;
using System.Text;
using Gateway.Core.Channels;

namespace Gateway.Integration.Brokers;

/// <summary>How every broker relays publications. Each broker's tests derive from it.</summary>
public abstract class BrokerContract : BrokerTests
{
    [Fact]
    public async Task Publish_SubscribedChannel_ArrivesOnce()
    {
        var (broker, sink) = await NodeAsync();
        await broker.SubscribeAsync(Name("news"), None);

        await broker.PublishAsync(Name("news"), Bytes("hello"), None);
        await broker.PublishAsync(Name("news"), Bytes("end"), None);

        await sink.PublicationAsync("end");
        Assert.Equal([("news", "hello"), ("news", "end")], sink.Publications.Select(Text));
    }

    [Fact]
    public async Task Publish_ChannelNobodySubscribed_ArrivesNowhere()
    {
        var (broker, sink) = await NodeAsync();
        await broker.SubscribeAsync(Name("a"), None);

        await broker.PublishAsync(Name("b"), Bytes("elsewhere"), None);
        await broker.PublishAsync(Name("a"), Bytes("end"), None);

        await sink.PublicationAsync("end");
        Assert.Equal([("a", "end")], sink.Publications.Select(Text));
    }

    [Fact]
    public async Task Publish_SeveralPublishersAndNodes_KeepsEachPublishersOrder()
    {
        const int Publishers = 4;
        const int Each = 5000;
        const int Channels = 3;
        var (first, firstSink) = await NodeAsync();
        var (second, secondSink) = await NodeAsync();
        for (var c = 0; c < Channels; c++)
        {
            await first.SubscribeAsync(Name("order" + c), None);
            await second.SubscribeAsync(Name("order" + c), None);
        }

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(async () =>
        {
            var broker = publisher % 2 == 0 ? first : second;
            var pending = new Queue<Task>();
            for (var i = 0; i < Each; i++)
            {
                // Not awaited one by one: pipelined publications keep their order too.
                pending.Enqueue(broker.PublishAsync(Name("order" + (i % Channels)), Bytes($"{publisher}:{i}"), None).AsTask());
                if (pending.Count > 200)
                    await pending.Dequeue();
            }

            await Task.WhenAll(pending);
        })));

        foreach (var sink in (RecordingSink[])[firstSink, secondSink])
        {
            await sink.PublicationsAsync(Publishers * Each);
            Assert.Equal(Publishers * Each, sink.Publications.Count);
            Assert.False(sink.Overlapped);
            var last = new Dictionary<(string Channel, string Publisher), int>();
            foreach (var (channel, payload) in sink.Publications.Select(Text))
            {
                var parts = payload.Split(':');
                var number = int.Parse(parts[1], CultureInfo.InvariantCulture);
                var previous = last.GetValueOrDefault((channel, parts[0]), -1);
                Assert.True(number > previous, $"{channel}, publisher {parts[0]}: {number} came after {previous}");
                last[(channel, parts[0])] = number;
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(257)]
    [InlineData(70_000)]
    [InlineData(1024 * 1024)]
    public async Task Publish_BinaryPayload_ArrivesByteForByte(int length)
    {
        var (broker, sink) = await NodeAsync();
        await broker.SubscribeAsync(Name("binary"), None);
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        if (length > 16)
            "\r\n$-1\r\n*3\r\n"u8.CopyTo(payload.AsSpan(4)); // what a parser could stumble over

        await broker.PublishAsync(Name("binary"), payload, None);
        await broker.PublishAsync(Name("binary"), Bytes("end"), None);

        await sink.PublicationsAsync(2);
        Assert.Equal(payload, sink.Publications[0].Payload);
        Assert.Equal("end", Text(sink.Publications[1]).Payload);
    }

    [Fact]
    public async Task Publish_BufferReusedAfterwards_ArrivesAsItWas()
    {
        var (broker, sink) = await NodeAsync();
        await broker.SubscribeAsync(Name("reuse"), None);
        var buffer = new byte[8];
        for (var i = 0; i < 500; i++)
        {
            Encoding.ASCII.GetBytes($"{i:D8}", buffer);
            await broker.PublishAsync(Name("reuse"), buffer, None);
        }

        await sink.PublicationsAsync(500);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i:D8}"), sink.Publications.Select(p => Text(p).Payload));
    }

    [Fact]
    public async Task Unsubscribe_Completed_NothingArrivesAnyMore()
    {
        var (broker, sink) = await NodeAsync();
        await broker.SubscribeAsync(Name("left"), None);
        await broker.SubscribeAsync(Name("kept"), None);
        await broker.PublishAsync(Name("left"), Bytes("before"), None);
        await sink.PublicationAsync("before");

        await broker.UnsubscribeAsync(Name("left"), None);
        await broker.PublishAsync(Name("left"), Bytes("after"), None);
        await broker.PublishAsync(Name("kept"), Bytes("end"), None);

        await sink.PublicationAsync("end");
        Assert.Equal([("left", "before"), ("kept", "end")], sink.Publications.Select(Text));
    }

    [Fact]
    public async Task Subscribe_AfterUnsubscribe_ArrivesOnceAgain()
    {
        var (broker, sink) = await NodeAsync();
        for (var i = 0; i < 20; i++)
        {
            await broker.SubscribeAsync(Name("back"), None);
            await broker.PublishAsync(Name("back"), Bytes($"{i}"), None);
            await sink.PublicationAsync($"{i}");
            await broker.UnsubscribeAsync(Name("back"), None);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), sink.Publications.Select(p => Text(p).Payload));
    }

    [Fact]
    public async Task Unsubscribe_ChannelNeverSubscribed_Completes()
    {
        var (broker, _) = await NodeAsync();
        await broker.UnsubscribeAsync(Name("never"), None);
        Assert.True(broker.Status.Connected);
    }

    [Fact]
    public async Task Publish_TwoNodesSubscribed_BothGetItThePublisherToo()
    {
        var (first, firstSink) = await NodeAsync();
        var (second, secondSink) = await NodeAsync();
        await first.SubscribeAsync(Name("both"), None);
        await second.SubscribeAsync(Name("both"), None);

        await first.PublishAsync(Name("both"), Bytes("shared"), None);

        await firstSink.PublicationAsync("shared");
        await secondSink.PublicationAsync("shared");
    }

    [Theory]
    [InlineData("футбол")]
    [InlineData("日本:スポーツ")]
    [InlineData("🦊")]
    [InlineData("cmd")]
    [InlineData("a*b?[c]")]
    public async Task Publish_ChannelNamesOfAllSorts_ArriveAsThemselves(string channel)
    {
        var (broker, sink) = await NodeAsync();
        await broker.SubscribeAsync(Name(channel), None);

        await broker.PublishAsync(Name(channel), Bytes("hello"), None);

        await sink.PublicationAsync("hello");
        Assert.Equal((channel, "hello"), Text(Assert.Single(sink.Publications)));
    }

    [Fact]
    public async Task Subscribe_LongestName_Arrives()
    {
        var longest = new string('x', ChannelName.MaxBytes);
        var (broker, sink) = await NodeAsync();
        await broker.SubscribeAsync(Name(longest), None);

        await broker.PublishAsync(Name(longest), Bytes("hello"), None);

        await sink.PublicationAsync("hello");
    }

    [Fact]
    public async Task Subscribe_FiveThousandChannels_EachArrives()
    {
        const int Channels = 5000;
        var (broker, sink) = await NodeAsync();
        await Task.WhenAll(Enumerable.Range(0, Channels).Select(i => broker.SubscribeAsync(Name($"many:{i}"), None).AsTask()));

        for (var i = 0; i < Channels; i++)
            await broker.PublishAsync(Name($"many:{i}"), Bytes($"{i}"), None);

        await sink.PublicationsAsync(Channels);
        Assert.Equal(Enumerable.Range(0, Channels).Select(i => ($"many:{i}", $"{i}")), sink.Publications.Select(Text));
    }

    [Fact]
    public async Task Status_Running_ConnectedAndReady()
    {
        var (broker, _) = await NodeAsync();
        Assert.True(broker.Status.Connected, broker.Status.Reason);
        Assert.True(broker.Status.Ready, broker.Status.Reason);
        Assert.NotEmpty(broker.Status.Reason);
    }
}
