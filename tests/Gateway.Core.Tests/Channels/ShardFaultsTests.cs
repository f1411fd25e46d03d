using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Tests.Channels;

/// <summary>A fault of ours costs the client in whose matter it comes, is counted, and nothing else: the shard goes on, and so do the others.</summary>
public sealed class ShardFaultsTests
{
    [Fact]
    public async Task Request_ThatFails_EndsItsClientAndNoOther()
    {
        using var harness = Harness();
        var (faulty, other) = (harness.Open(), harness.Open());
        await faulty.SubscribeAsync("news");

        harness.Shards[0].Do(ShardItemKind.Subscribe, new FaultySubscribe(faulty.Connection, harness.Encoder), faulty.Connection);

        Assert.Equal(["+news:Subscribed", "close:1011"], faulty.Messages);
        Assert.Equal(SubscribeResult.Subscribed, await other.SubscribeAsync("news"));
        Assert.Equal(1, harness.Metrics.Faults.Total);
        faulty.Connection.Abort();
        other.Connection.Abort();
        await harness.EmptyAsync();
    }

    [Theory]
    [InlineData(1)] // a broadcast
    [InlineData(2)] // a batch of several channels
    public async Task Send_ThatFails_EndsItsClientAndTakesNoDeliveryFromTheOthers(int channels)
    {
        using var harness = Harness();
        var clients = Enumerable.Range(0, 100).Select(_ => harness.Open()).ToArray();
        foreach (var client in clients)
        {
            for (var channel = 0; channel < channels; channel++)
                await client.SubscribeAsync($"c{channel}");
            client.Transport.Forget();
        }

        clients[50].Transport.Takes = static _ => throw new InsufficientMemoryException("a fault");
        for (var round = 0; round < 3; round++)
        {
            using (await ShardHarness.HoldAsync(harness.Shards[0]))
            {
                for (var channel = 0; channel < channels; channel++)
                    harness.Publish($"c{channel}", $"{round}");
            }

            await harness.SettleAsync();
        }

        Assert.True(harness.Metrics.Faults.Total > 0);
        Assert.NotEqual(ConnectionState.Open, clients[50].Connection.State);
        var all = Enumerable.Range(0, 3).SelectMany(round => Enumerable.Range(0, channels).Select(channel => $"c{channel}:{round}"));
        Assert.All(clients.Where((_, i) => i != 50), client => Assert.Equal(all, client.Messages));
        Assert.Equal(0, harness.Publications.Rented);
        foreach (var client in clients)
            client.Connection.Abort();
        await harness.EmptyAsync();
    }

    /// <summary>Those who wait for one confirmation do not wait for each other's.</summary>
    [Fact]
    public async Task Confirmation_WithAnAnswerThatFails_ReachesTheOthers()
    {
        using var harness = new ShardHarness();
        var (first, faulty, last) = (harness.Open(), harness.Open(), harness.Open());
        var before = first.SubscribeAsync("news");
        harness.Shards[0].Do(ShardItemKind.Subscribe, new FaultySubscribe(faulty.Connection, harness.Encoder), faulty.Connection);
        var behind = last.SubscribeAsync("news");

        (await harness.Source.AskedAsync()).Confirm();

        Assert.Equal([SubscribeResult.Subscribed, SubscribeResult.Subscribed], await Task.WhenAll(before, behind));
        await harness.SettleAsync();
        Assert.Equal((ConnectionState.Closing, 1L), (faulty.Connection.State, harness.Metrics.Faults.Total));
        harness.Source.Script = static _ => new(true);
        foreach (var client in (ShardHarness.Client[])[first, faulty, last])
            client.Connection.Abort();
        await harness.EmptyAsync();
    }

    [Fact]
    public async Task Broker_ThatThrows_IsAnsweredAndAskedAgain()
    {
        using var harness = new ShardHarness();
        var client = harness.Open();
        harness.Source.Script = static _ => throw new InsufficientMemoryException("a fault");

        Assert.Equal(SubscribeResult.Unavailable, await client.SubscribeAsync("news"));
        Assert.Null(client.Connection.ShardState);
        Assert.Single(harness.Faults);
        harness.Source.Script = static _ => new(true);
        Assert.Equal(SubscribeResult.Subscribed, await client.SubscribeAsync("news"));

        harness.Source.Script = static _ => throw new InsufficientMemoryException("a fault");
        client.Connection.Abort();
        await harness.EmptyAsync(); // a channel that could not be left is forgotten all the same
        Assert.Equal(2, harness.Faults.Count);
    }

    [Fact]
    public async Task Look_ThatFails_TellsWhoLooks()
    {
        using var harness = Harness();

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => harness.Shards[0].InspectAsync<int>(static _ => throw new InvalidOperationException("a fault")));

        Assert.Equal(1, await harness.Shards[0].InspectAsync(static _ => 1));
    }

    /// <summary>What is told of a fault may fail too, for want of the same memory.</summary>
    [Fact]
    public async Task Log_ThatFails_EndsNothing()
    {
        using var harness = new ShardHarness(log: new FaultyLogger());
        harness.Source.Script = static _ => new(true);
        harness.Shards[0].Post(ShardItemKind.Inspect, (Action<Shard>)(static _ => throw new InvalidOperationException("a fault")));

        Assert.Equal(SubscribeResult.Subscribed, await harness.Open().SubscribeAsync("news"));

        Assert.Equal(1, harness.Metrics.Faults.Total);
    }

    private static ShardHarness Harness()
    {
        var harness = new ShardHarness();
        harness.Source.Script = static _ => new(true);
        return harness;
    }

    private sealed class FaultySubscribe(Connection connection, IPublicationEncoder encoder)
        : SubscribeRequest(connection, ChannelName.Parse("news"), encoder)
    {
        public override OutboundFrame? Complete(SubscribeResult result) => throw new InsufficientMemoryException("a fault");
    }

    private sealed class FaultyLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InsufficientMemoryException("a fault");
    }
}
