using Gateway.Core.Channels;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Channels;

/// <summary>When the broker is asked, and when not.</summary>
public sealed class ChannelDirectoryTests
{
    [Fact]
    public async Task Leave_AtOnce_UnsubscribesAndForgetsTheChannel()
    {
        using var harness = new ShardHarness();
        var client = await SubscribedAsync(harness);
        Assert.Equal(ChannelState.Subscribed, harness.Directory.Entries.Single().State);
        Assert.Equal(1, harness.Directory.Count);

        await client.UnsubscribeAsync("news");
        var left = await harness.Source.AskedAsync();
        Assert.False(left.IsSubscribe);
        Assert.Equal(ChannelState.Leaving, harness.Directory.Entries.Single().State);
        Assert.False(harness.Publish("news", "nobody"));
        left.Confirm();
        await Eventually.TrueAsync(() => harness.Directory.Count == 0);
    }

    [Fact]
    public async Task Join_WhileLeaving_SubscribesAgainWhenTheBrokerHasLeft()
    {
        using var harness = new ShardHarness();
        var client = await SubscribedAsync(harness);
        await client.UnsubscribeAsync("news");
        var left = await harness.Source.AskedAsync();

        var (again, another) = (client.SubscribeAsync("news"), harness.Open().SubscribeAsync("news"));
        await harness.SettleAsync();
        Assert.Equal(["+news", "-news"], harness.Source.Operations); // one operation in flight: nothing more is asked yet

        // The broker may still bring publications: they come before the acknowledgement and are not delivered.
        Assert.True(harness.Publish("news", "late"));
        left.Confirm();
        var asked = await harness.Source.AskedAsync();
        Assert.True(asked.IsSubscribe);
        Assert.False(again.IsCompleted);
        asked.Confirm();
        Assert.Equal([SubscribeResult.Subscribed, SubscribeResult.Subscribed], await Task.WhenAll(again, another));
        await harness.SettleAsync();
        Assert.Equal(["+news:Subscribed", "-news:True", "+news:Subscribed"], client.Messages);
        Assert.Equal(["+news", "-news", "+news"], harness.Source.Operations);
        Assert.Empty(harness.Source.Overlaps);
    }

    [Fact]
    public async Task Join_WhileLeavingAndGoneAgain_EndsWithoutTheChannel()
    {
        using var harness = new ShardHarness();
        var client = await SubscribedAsync(harness);
        await client.UnsubscribeAsync("news");
        var left = await harness.Source.AskedAsync();
        _ = client.SubscribeAsync("news");
        await client.UnsubscribeAsync("news");

        left.Confirm();
        // The shard keeps its interest until it is told: the broker is asked once more, and left again.
        (await harness.Source.AskedAsync()).Confirm();
        (await harness.Source.AskedAsync()).Confirm();
        await Eventually.TrueAsync(() => harness.Directory.Count == 0);
        Assert.Equal(["+news", "-news", "+news", "-news"], harness.Source.Operations);
    }

    [Fact]
    public async Task Join_WhileLeaving_AndTheBrokerFails_AnswersUnavailable()
    {
        using var harness = new ShardHarness();
        var client = await SubscribedAsync(harness);
        await client.UnsubscribeAsync("news");
        var left = await harness.Source.AskedAsync();
        var again = client.SubscribeAsync("news");
        await harness.SettleAsync();
        left.Confirm();
        (await harness.Source.AskedAsync()).Fail();
        Assert.Equal(SubscribeResult.Unavailable, await again);
        await Eventually.TrueAsync(() => harness.Directory.Count == 0);
    }

    [Fact]
    public async Task OnRound_BeforeLeaveAfter_KeepsTheChannelAndARejoinAsksNobody()
    {
        using var harness = new ShardHarness(options => options.Channels.LeaveAfter = TimeSpan.FromSeconds(5));
        harness.Source.Script = static _ => new(true);
        var client = harness.Open();
        harness.Directory.OnRound(10_000);
        await client.SubscribeAsync("news");
        await client.UnsubscribeAsync("news");
        await harness.SettleAsync();
        harness.Directory.OnRound(14_999);
        Assert.Equal(1, harness.Directory.Count);
        Assert.False(harness.Publish("news", "nobody")); // lingering: subscribed at the broker, interesting to nobody

        Assert.Equal(SubscribeResult.Subscribed, await client.SubscribeAsync("news"));
        harness.Directory.OnRound(30_000); // somebody is there: it stays
        Assert.Equal(["+news"], harness.Source.Operations);

        await client.UnsubscribeAsync("news");
        await harness.SettleAsync();
        harness.Directory.OnRound(34_999);
        Assert.Equal(["+news"], harness.Source.Operations);
        harness.Directory.OnRound(35_000);
        await Eventually.TrueAsync(() => harness.Directory.Count == 0);
        Assert.Equal(["+news", "-news"], harness.Source.Operations);
    }

    [Fact]
    public async Task OnRound_WhileTheBrokerIsAsked_AsksNothingMore()
    {
        using var harness = new ShardHarness();
        var subscribed = harness.Open().SubscribeAsync("news");
        var asked = await harness.Source.AskedAsync();
        harness.Directory.OnRound(100_000);
        harness.Directory.OnRound(200_000);
        asked.Confirm();
        await subscribed;
        Assert.Equal(["+news"], harness.Source.Operations);
    }

    [Fact]
    public async Task Leave_OneShardOfTwo_KeepsTheChannel()
    {
        using var harness = new ShardHarness(shards: 2);
        harness.Source.Script = static _ => new(true);
        var (first, second) = (harness.Open(0), harness.Open(1));
        await first.SubscribeAsync("news");
        await second.SubscribeAsync("news");
        Assert.Equal(2, harness.Directory.Entries.Single().Interested.Length);

        await first.UnsubscribeAsync("news");
        await harness.SettleAsync();
        Assert.Same(harness.Shards[1], Assert.Single(harness.Directory.Entries.Single().Interested));
        harness.Directory.OnRound(1_000_000);
        Assert.Equal(["+news"], harness.Source.Operations);
    }

    [Fact]
    public async Task Find_OtherChannelsAndOddBytes_FindsNothing()
    {
        using var harness = new ShardHarness();
        await SubscribedAsync(harness);
        Assert.Equal("news", harness.Directory.Find("news"u8)?.Name.Text);
        Assert.Null(harness.Directory.Find("new"u8));
        Assert.Null(harness.Directory.Find([]));
        Assert.Null(harness.Directory.Find([0xFF, 0x00]));
        Assert.Null(harness.Directory.Find(new byte[1000]));
        Assert.Equal(1, harness.Directory.Count);
    }

    private static async Task<ShardHarness.Client> SubscribedAsync(ShardHarness harness)
    {
        var client = harness.Open();
        var subscribed = client.SubscribeAsync("news");
        (await harness.Source.AskedAsync()).Confirm();
        Assert.Equal(SubscribeResult.Subscribed, await subscribed);
        return client;
    }
}
