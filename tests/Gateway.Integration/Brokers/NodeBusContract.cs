using System.Text;
using Gateway.Core.Brokers;

namespace Gateway.Integration.Brokers;

/// <summary>How nodes speak to each other through every broker.</summary>
public abstract class NodeBusContract : BrokerTests
{
    [Fact]
    public async Task Send_SeveralNodes_ReachesEachThisOneIncluded()
    {
        var (first, firstSink) = await NodeAsync();
        var (_, secondSink) = await NodeAsync();
        var envelope = Envelope.Disconnect("c-1");

        await first.Bus.SendAsync(envelope, None);

        await firstSink.EnvelopesAsync(1);
        await secondSink.EnvelopesAsync(1);
        Assert.Equal(envelope, Assert.Single(firstSink.Envelopes));
        Assert.Equal(envelope, Assert.Single(secondSink.Envelopes));
    }

    [Fact]
    public async Task Reply_ToANode_ReachesThatOneAlone()
    {
        var (first, firstSink) = await NodeAsync();
        var (second, secondSink) = await NodeAsync();

        await first.Bus.ReplyAsync(secondSink.Name, Bytes("to the second"), None);
        await second.Bus.ReplyAsync(firstSink.Name, Bytes("to the first"), None);

        await firstSink.RepliesAsync(1);
        await secondSink.RepliesAsync(1);
        Assert.Equal("to the first", Encoding.UTF8.GetString(Assert.Single(firstSink.Replies)));
        Assert.Equal("to the second", Encoding.UTF8.GetString(Assert.Single(secondSink.Replies)));
    }

    [Fact]
    public async Task Reply_OfTheLargestSize_ArrivesWhole()
    {
        var (broker, sink) = await NodeAsync();
        var json = new byte[NodeAnswer.MaxBytes];
        Random.Shared.NextBytes(json);

        await broker.Bus.ReplyAsync(sink.Name, json, None);

        await sink.RepliesAsync(1);
        Assert.Equal(json, Assert.Single(sink.Replies));
    }

    [Fact]
    public async Task Reply_ToANodeThatIsNotThere_Completes()
    {
        var (broker, sink) = await NodeAsync();

        await broker.Bus.ReplyAsync("nobody", Bytes("lost"), None);
        await broker.Bus.ReplyAsync(sink.Name, Bytes("end"), None);

        await sink.RepliesAsync(1);
        Assert.Equal("end", Encoding.UTF8.GetString(Assert.Single(sink.Replies)));
    }
}
