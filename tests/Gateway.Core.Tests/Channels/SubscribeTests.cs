using Gateway.Core.Channels;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Channels;

/// <summary>Subscribing and unsubscribing, with a broker that answers when the test says so.</summary>
public sealed class SubscribeTests : IDisposable
{
    private readonly ShardHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Subscribe_NobodyAtTheShard_IsAnsweredInTheClientsTurn()
    {
        _harness.Source.Script = static _ => new(true);
        await _harness.Open().SubscribeAsync("news");
        await _harness.SettleAsync();
        var client = _harness.Open();

        var subscribed = client.SubscribeAsync("news");

        Assert.True(subscribed.IsCompletedSuccessfully);
        Assert.Equal(["+news:Subscribed"], client.Messages);
        Assert.Equal(1, client.Transport.Sends);
    }

    [Fact]
    public async Task Subscribe_SomebodyAtTheShard_ComesInItsOrder()
    {
        _harness.Source.Script = static _ => new(true);
        var first = _harness.Open();
        await first.SubscribeAsync("news");
        var second = _harness.Open();
        Task<SubscribeResult> subscribed;
        using (await ShardHarness.HoldAsync(_harness.Shards[0]))
        {
            _harness.Publish("news", "before");
            subscribed = second.SubscribeAsync("news");
            _harness.Publish("news", "after");
            Assert.False(subscribed.IsCompleted);
        }

        await subscribed;
        await _harness.SettleAsync();
        Assert.Equal(["+news:Subscribed", "news:after"], second.Messages);
        Assert.Equal(["+news:Subscribed", "news:before", "news:after"], first.Messages);
    }

    [Fact]
    public async Task Subscribe_NotConfirmedYet_IsNotAnsweredAndGetsNothing()
    {
        var client = _harness.Open();
        var subscribed = client.SubscribeAsync("news");
        var asked = await _harness.Source.AskedAsync();

        // Interest is set before the broker answers: its first publication may overtake its confirmation.
        Assert.True(_harness.Publish("news", "early"));
        await _harness.SettleAsync();
        Assert.False(subscribed.IsCompleted);
        Assert.Empty(client.Messages);

        asked.Confirm();
        Assert.Equal(SubscribeResult.Subscribed, await subscribed);
        _harness.Publish("news", "1");
        await _harness.SettleAsync();
        Assert.Equal(["+news:Subscribed", "news:1"], client.Messages);
    }

    [Fact]
    public async Task Subscribe_ConfirmedWhilePublicationsWait_AnswersBeforeTheFirst()
    {
        var client = _harness.Open();
        var subscribed = client.SubscribeAsync("news");
        var asked = await _harness.Source.AskedAsync();
        using (await ShardHarness.HoldAsync(_harness.Shards[0]))
        {
            asked.Confirm();
            await BecomesAsync(() => _harness.Directory.Entries.Single().State == ChannelState.Subscribed);
            _harness.Publish("news", "1");
            _harness.Publish("news", "2");
        }

        await subscribed;
        await _harness.SettleAsync();
        Assert.Equal(["+news:Subscribed", "news:1", "news:2"], client.Messages);
        Assert.Equal(1, client.Transport.Sends); // and they leave together
    }

    [Fact]
    public async Task Subscribe_SeveralWhileTheBrokerIsAsked_AskOnceAndAllAwaitIt()
    {
        var clients = Enumerable.Range(0, 5).Select(_ => _harness.Open()).ToArray();
        var subscribed = clients.Select(client => client.SubscribeAsync("news")).ToArray();
        var asked = await _harness.Source.AskedAsync();
        await _harness.SettleAsync();
        Assert.DoesNotContain(subscribed, task => task.IsCompleted);

        asked.Confirm();
        Assert.All(await Task.WhenAll(subscribed), result => Assert.Equal(SubscribeResult.Subscribed, result));
        Assert.Equal(["+news"], _harness.Source.Operations);
        Assert.Equal(SubscribeResult.Subscribed, await _harness.Open().SubscribeAsync("news"));
        Assert.Equal(["+news"], _harness.Source.Operations);
        Assert.Equal(6, _harness.Shards[0].Subscriptions);
    }

    [Fact]
    public async Task Subscribe_ShardsTogether_AskOnceAndAllAreAnswered()
    {
        using var harness = new ShardHarness(shards: 4);
        var clients = Enumerable.Range(0, 4).Select(shard => harness.Open(shard)).ToArray();
        var subscribed = clients.Select(client => client.SubscribeAsync("news")).ToArray();
        var asked = await harness.Source.AskedAsync();
        await harness.SettleAsync();

        asked.Confirm();
        await Task.WhenAll(subscribed);
        harness.Publish("news", "1");
        await harness.SettleAsync();

        Assert.Equal(["+news"], harness.Source.Operations);
        Assert.All(clients, client => Assert.Equal(["+news:Subscribed", "news:1"], client.Messages));
        Assert.Equal(1, harness.Encoder.Encoded); // four shards, one encoding
    }

    [Fact]
    public async Task Subscribe_NotConfirmed_AnswersEverybodyAndTheNextOneAsksAgain()
    {
        var clients = Enumerable.Range(0, 3).Select(_ => _harness.Open()).ToArray();
        var subscribed = clients.Select(client => client.SubscribeAsync("news")).ToArray();
        var asked = await _harness.Source.AskedAsync();
        await _harness.SettleAsync();

        asked.Fail();
        Assert.All(await Task.WhenAll(subscribed), result => Assert.Equal(SubscribeResult.Unavailable, result));
        await _harness.SettleAsync();
        Assert.All(clients, client => Assert.Equal(["+news:Unavailable"], client.Messages));
        await BecomesAsync(() => _harness.Directory.Count == 0);
        Assert.Equal(0, _harness.Shards[0].Subscriptions);
        Assert.False(_harness.Publish("news", "nobody"));

        var again = clients[0].SubscribeAsync("news");
        (await _harness.Source.AskedAsync()).Confirm();
        Assert.Equal(SubscribeResult.Subscribed, await again);
        Assert.Equal(["+news", "+news"], _harness.Source.Operations);
    }

    [Fact]
    public async Task Subscribe_AfterAFailureTheShardHasNotHeardOf_IsAnsweredToo()
    {
        var client = _harness.Open();
        var late = _harness.Open();
        var subscribed = client.SubscribeAsync("news");
        var asked = await _harness.Source.AskedAsync();
        Task<SubscribeResult> lateSubscribed;
        using (await ShardHarness.HoldAsync(_harness.Shards[0]))
        {
            lateSubscribed = late.SubscribeAsync("news"); // stands in the inbox before the news of the failure
            asked.Fail();
            await BecomesAsync(() => _harness.Directory.Count == 0);
        }

        Assert.Equal(SubscribeResult.Unavailable, await subscribed);
        Assert.Equal(SubscribeResult.Unavailable, await lateSubscribed);
        Assert.Equal(0, _harness.Shards[0].Subscriptions);
    }

    [Fact]
    public async Task Subscribe_Twice_IsRefusedAndChangesNothing()
    {
        _harness.Source.Script = static _ => new(true);
        var client = _harness.Open();
        Assert.Equal(SubscribeResult.Subscribed, await client.SubscribeAsync("news"));
        Assert.Equal(SubscribeResult.AlreadySubscribed, await client.SubscribeAsync("news"));
        _harness.Publish("news", "1");
        await _harness.SettleAsync();
        Assert.Equal(["+news:Subscribed", "+news:AlreadySubscribed", "news:1"], client.Messages);
    }

    [Fact]
    public async Task Subscribe_TwiceWhileJoining_IsRefusedAtOnce()
    {
        var client = _harness.Open();
        var first = client.SubscribeAsync("news");
        var asked = await _harness.Source.AskedAsync();
        Assert.Equal(SubscribeResult.AlreadySubscribed, await client.SubscribeAsync("news"));
        asked.Confirm();
        Assert.Equal(SubscribeResult.Subscribed, await first);
    }

    [Fact]
    public async Task Subscribe_AboveTheMaximum_IsRefusedUntilOneIsGivenBack()
    {
        using var harness = new ShardHarness(options => options.Limits.MaxSubscriptions = 20);
        harness.Source.Script = static _ => new(true);
        var client = harness.Open();
        for (var i = 0; i < 20; i++)
            Assert.Equal(SubscribeResult.Subscribed, await client.SubscribeAsync($"c{i}"));

        Assert.Equal(SubscribeResult.TooMany, await client.SubscribeAsync("c20"));
        Assert.DoesNotContain("+c20", harness.Source.Operations);
        Assert.Equal(SubscribeResult.AlreadySubscribed, await client.SubscribeAsync("c0"));
        Assert.True(await client.UnsubscribeAsync("c0"));
        Assert.Equal(SubscribeResult.Subscribed, await client.SubscribeAsync("c20"));
    }

    [Fact]
    public async Task Unsubscribe_WithPublicationsWaiting_AnswersAfterTheLast()
    {
        _harness.Source.Script = static _ => new(true);
        var (leaver, stayer) = (_harness.Open(), _harness.Open());
        await leaver.SubscribeAsync("news");
        await stayer.SubscribeAsync("news");
        _harness.Publish("news", "1");
        await _harness.SettleAsync();
        Assert.True(await leaver.UnsubscribeAsync("news"));
        _harness.Publish("news", "2");
        await _harness.SettleAsync();

        Assert.Equal(["+news:Subscribed", "news:1", "-news:True"], leaver.Messages);
        Assert.Equal(["+news:Subscribed", "news:1", "news:2"], stayer.Messages);
        Assert.False(await leaver.UnsubscribeAsync("news"));
        Assert.False(await _harness.Open().UnsubscribeAsync("news"));
    }

    [Fact]
    public async Task Unsubscribe_WhileJoining_AnswersBothInOrderAndLeaves()
    {
        var client = _harness.Open();
        var subscribed = client.SubscribeAsync("news");
        var asked = await _harness.Source.AskedAsync();
        Assert.True(await client.UnsubscribeAsync("news"));
        Assert.Equal(SubscribeResult.Subscribed, await subscribed);
        Assert.Equal(0, _harness.Shards[0].Subscriptions);

        asked.Confirm();
        var left = await _harness.Source.AskedAsync();
        Assert.False(left.IsSubscribe);
        _harness.Publish("news", "nobody");
        left.Confirm();
        await BecomesAsync(() => _harness.Directory.Count == 0);
        await _harness.SettleAsync();
        Assert.Equal(["+news:Subscribed", "-news:True"], client.Messages);
    }

    [Fact]
    public async Task Resubscribe_WhileTheFirstIsAsked_AwaitsTheSameAnswer()
    {
        var client = _harness.Open();
        _ = client.SubscribeAsync("news");
        var asked = await _harness.Source.AskedAsync();
        await client.UnsubscribeAsync("news");
        var again = client.SubscribeAsync("news");
        await _harness.SettleAsync();
        Assert.False(again.IsCompleted);

        asked.Confirm();
        Assert.Equal(SubscribeResult.Subscribed, await again);
        await _harness.SettleAsync();
        Assert.Equal(["+news"], _harness.Source.Operations);
        Assert.Equal(["+news:Subscribed", "-news:True", "+news:Subscribed"], client.Messages);
    }

    [Fact]
    public async Task Detach_WhileJoining_CompletesTheRequestAndLeaves()
    {
        var client = _harness.Open();
        var subscribed = client.SubscribeAsync("news");
        var asked = await _harness.Source.AskedAsync();
        client.Connection.Abort();
        Assert.Equal(SubscribeResult.Unavailable, await subscribed);
        await _harness.SettleAsync();
        Assert.Equal(0, _harness.Shards[0].Subscriptions);

        asked.Confirm();
        (await _harness.Source.AskedAsync()).Confirm();
        await BecomesAsync(() => _harness.Directory.Count == 0);
        Assert.Equal(["+news", "-news"], _harness.Source.Operations);
        Assert.Equal(1, client.Completions);
        Assert.Empty(await _harness.Shards[0].InspectAsync(shard => shard.Channels.Keys.ToList()));
    }

    [Fact]
    public async Task Detach_WithManySubscriptions_LeavesThemAll()
    {
        _harness.Source.Script = static _ => new(true);
        var (gone, stayer) = (_harness.Open(), _harness.Open());
        for (var i = 0; i < 40; i++)
            await gone.SubscribeAsync($"c{i}");
        await stayer.SubscribeAsync("c0");

        gone.Connection.Abort();
        await BecomesAsync(() => _harness.Directory.Count == 1);
        Assert.Equal(1, _harness.Shards[0].Subscriptions);
        _harness.Publish("c0", "1");
        await _harness.SettleAsync();
        Assert.Equal(["+c0:Subscribed", "c0:1"], stayer.Messages);
    }

    [Fact]
    public async Task Subscribe_AfterTheConnectionEnded_LeavesNothingBehind()
    {
        _harness.Source.Script = static _ => new(true);
        var client = _harness.Open();
        client.Connection.Abort();
        await client.SubscribeAsync("news");
        await _harness.SettleAsync();
        Assert.Equal((0, 0), (_harness.Directory.Count, _harness.Shards[0].Subscriptions));
        Assert.Empty(_harness.Source.Operations);
    }

    private static Task BecomesAsync(Func<bool> condition) => Eventually.TrueAsync(condition);
}
