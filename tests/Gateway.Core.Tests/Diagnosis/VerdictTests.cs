using Gateway.Core.Diagnosis;

namespace Gateway.Core.Tests.Diagnosis;

/// <summary>What follows from which facts.</summary>
public sealed class VerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ChannelFacts Channel = new("subscribed", 1, 0, MaySubscribe: true, Now - TimeSpan.FromSeconds(1), 0, 0);

    private static readonly ConnectionInfo Open = new("1", "json", "open", null, null, Now - TimeSpan.FromMinutes(1), ["news"], 1, 0, 0.5)
    {
        UnsentBytes = 0,
        UnacknowledgedBytes = 0,
        UnansweredRetransmits = 0,
    };

    private static readonly NodeFacts Node = new("a", "ready", 0, new BrokerFacts(true, "connected", 0, null, null), Channel, null, null, null);

    private static readonly NodeFacts Home = Node with { Connection = Open, Subscription = "active" };

    [Fact]
    public void Verdict_NothingWrong_IsNoCause()
    {
        Assert.Equal(["no_cause"], Judge(null, Node));
        Assert.Equal(["no_cause"], Judge("1", Home));
    }

    [Fact]
    public void Verdict_WhatIsOnItsWay_IsNotBehind() =>
        Assert.Equal(["no_cause"], Judge("1", Home with { Connection = Open with { UnacknowledgedBytes = 5000 } }));

    [Theory]
    [InlineData(1L, 0)]
    [InlineData(0L, 1)]
    public void Verdict_SomethingWaits_IsBehind(long queued, int unsent) =>
        Assert.Equal(["behind"], Judge("1", Home with { Connection = Open with { QueuedBytes = queued, UnsentBytes = unsent } }));

    [Fact]
    public void Verdict_NoAnswerFromThePeer_ComesBeforeBehind() =>
        Assert.Equal(["peer_silent", "behind"], Judge("1", Home with { Connection = Open with { QueuedBytes = 10, UnacknowledgedBytes = 10, UnansweredRetransmits = 2, LastAcknowledgementSeconds = 4 } }));

    [Theory]
    [InlineData("commands")]
    [InlineData("sent")]
    public void Verdict_NotRead_IsPaused(string paused) =>
        Assert.Equal(["paused"], Judge("1", Home with { Connection = Open with { Paused = paused } }));

    [Fact]
    public void Verdict_Dropped_IsSkipped_WithEachReasonAndTheirSum()
    {
        var drops = (ChannelDrops[])[new("news", "drop_oldest", 1200), new("news", "drop_newest", 34)];
        var facts = Home with { Drops = drops };

        var skipped = Assert.Single(Verdict.Of(isChannel: true, "1", [facts], [new AskedNode("a", Answered: true)], Now));

        Assert.Equal(("skipped", "a"), (skipped.Code, skipped.Node));
        Assert.Contains("1,234 publications", skipped.Text, StringComparison.Ordinal);
        Assert.Contains("(drop_oldest 1,200, drop_newest 34)", skipped.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_Conflated_IsNoCause()
    {
        var conflated = new ChannelDrops("news", ChannelDrops.Conflated, 9);

        Assert.Equal(["no_cause"], Judge("1", Home with { Drops = [conflated] }));
        // Nor does it add to what was dropped.
        var found = Assert.Single(Verdict.Of(isChannel: true, "1", [Home with { Drops = [conflated, new("news", "drop_oldest", 1)] }], [], Now));
        Assert.Contains("1 publications", found.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(ChannelDrops.Conflated, found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_ARuleThatDrops_IsNamedBeforeWhatWaits() =>
        Assert.Equal(["peer_silent", "skipped", "behind", "paused"], Judge("1", Home with
        {
            Connection = Open with { QueuedBytes = 10, UnansweredRetransmits = 2, Paused = "sent" },
            Drops = [new("news", "drop_oldest", 1)],
        }));

    [Fact]
    public void Verdict_DroppedOfAConnectionThatEnds_IsTheEndsAlone() =>
        Assert.Equal(["connection_not_open"], Judge("1", Home with { Connection = Open with { State = "closing" }, Drops = [new("news", "drop_oldest", 1)] }));

    [Fact]
    public void Verdict_NotSubscribed_ComesBeforeTheBroker() =>
        Assert.Equal(["not_subscribed", "broker_away"], Judge("1", Home with { Subscription = "none", Broker = Node.Broker with { Connected = false } }));

    [Fact]
    public void Verdict_Unconfirmed_IsPending() => Assert.Equal(["subscription_pending"], Judge("1", Home with { Subscription = "pending" }));

    [Fact]
    public void Verdict_OnItsWayOut_SaysWhy() =>
        Assert.Equal(["connection_ended", "connection_not_open"], Judge("1", Home with { Connection = Open with { State = "closing" }, Ended = Ended, Subscription = "active" }));

    [Fact]
    public void Verdict_Ended_NeedsNoOtherNode() =>
        Assert.Equal(["connection_ended"], Judge("1", [Node with { Ended = Ended }], new AskedNode("b", Answered: false)));

    [Fact]
    public void Verdict_NotFoundAndANodeSilent_NamesTheNodeFirst() =>
        Assert.Equal(["node_silent", "connection_unknown"], Judge("1", [Node], new AskedNode("b", Answered: false)));

    [Fact]
    public void Verdict_FoundAndAnotherNodeSilent_IsTheConnectionsAlone() =>
        Assert.Equal(["no_cause"], Judge("1", [Home], new AskedNode("b", Answered: false)));

    [Fact]
    public void Verdict_OfAConnection_LooksAtItsNodeAlone() =>
        Assert.Equal(["no_cause"], Judge("1", Home, Node with { Node = "b", State = "draining", Broker = Node.Broker with { Connected = false } }));

    [Fact]
    public void Verdict_PublishedBeforeItCame_SaysSo() =>
        Assert.Equal(["published_before"], Judge("1", Home with { Channel = Channel with { LastPublicationAt = Open.ConnectedAt - TimeSpan.FromSeconds(1) } }));

    [Theory]
    [InlineData(9, "broker_gap")]
    [InlineData(11, "no_cause")]
    public void Verdict_AGap_CountsForTenMinutes(int minutes, string code) =>
        Assert.Equal([code], Judge(null, Node with { Broker = Node.Broker with { Gaps = 1, LastGapAt = Now - TimeSpan.FromMinutes(minutes), LastGapSeconds = 2 } }));

    [Fact]
    public void Verdict_EachFactOfTheChannel_IsACause()
    {
        Assert.Equal(["subscribe_forbidden"], Judge(null, Node with { Channel = Channel with { MaySubscribe = false } }));
        Assert.Equal(["nobody_subscribed"], Judge(null, Node with { Channel = Channel with { Subscribers = 0 } }));
        Assert.Equal(["subscription_pending"], Judge(null, Node with { Channel = Channel with { Subscribers = 0, Pending = 2 } }));
        Assert.Equal(["nothing_published"], Judge(null, Node with { Channel = Channel with { LastPublicationAt = null } }));
        Assert.Equal(["publication_too_large"], Judge(null, Node with { Channel = Channel with { DroppedTooLarge = 1 } }));
        Assert.Equal(["inbox_full"], Judge(null, Node with { Channel = Channel with { DroppedInboxFull = 1 } }));
        Assert.Equal(["node_leaving"], Judge(null, Node with { State = "draining" }));
        Assert.Equal(["node_leaving"], Judge(null, Node with { SendingAway = 0.5 }));
    }

    [Fact]
    public void Verdict_WhatIsOver_ComesAfterWhatIsSo_TheLatestFirst()
    {
        var facts = Node with
        {
            State = "draining",
            Broker = Node.Broker with { Gaps = 1, LastGapAt = Now - TimeSpan.FromMinutes(5), LastGapSeconds = 2 },
            LastStallAt = Now - TimeSpan.FromMinutes(1),
            LastStallSeconds = 15,
            Channel = Channel with { DroppedTooLarge = 1 },
        };

        Assert.Equal(["node_leaving", "node_stalled", "broker_gap", "publication_too_large"], Judge(null, facts));
        Assert.Equal(["node_leaving", "broker_gap", "node_stalled", "publication_too_large"], Judge(null, facts with { LastStallAt = Now - TimeSpan.FromMinutes(6) }));
    }

    [Fact]
    public void Verdict_WhatWasOverBeforeTheConnectionCame_IsNoneOfItsCauses()
    {
        var before = Open.ConnectedAt - TimeSpan.FromSeconds(1);

        Assert.Equal(["no_cause"], Judge("1", Home with { Broker = Node.Broker with { Gaps = 1, LastGapAt = before, LastGapSeconds = 2 }, LastStallAt = before, LastStallSeconds = 2 }));
    }

    [Fact]
    public void Verdict_OfAConnectionThatIsNotHere_NamesTheLostNode_AndNoOldGapOfOthers()
    {
        var facts = Node with { Broker = Node.Broker with { Gaps = 1, LastGapAt = Now - TimeSpan.FromMinutes(1), LastGapSeconds = 2 } };
        var causes = Verdict.Of(isChannel: true, "1", [facts], [new AskedNode("a", Answered: true), new AskedNode("b", Answered: false, Now - TimeSpan.FromSeconds(30))], Now);

        Assert.Equal([("node_silent", "b"), ("connection_unknown", null)], causes.Select(cause => (cause.Code, cause.Node)));
        Assert.Contains("last heard of at 11:59:30Z", causes[0].Text, StringComparison.Ordinal);
        Assert.Contains("It may be on b.", causes[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("service_restart", "sent_away")]
    [InlineData("moved", "sent_away")]
    [InlineData("slow_consumer", "connection_ended")]
    public void Verdict_ADrainOrRebalancing_IsCalledSo(string reason, string code) =>
        Assert.Equal([code], Judge("1", Node with { Ended = Ended with { Reason = reason } }));

    [Fact]
    public void Verdict_TheAuthorizersOpenCircuit_IsNamed_UnlessTheClientIsIn()
    {
        var facts = Home with { AuthorizerAway = true, Subscription = "none" };

        Assert.Equal(["authorizer_away", "not_subscribed"], Judge("1", facts));
        Assert.Equal(["no_cause"], Judge("1", facts with { Subscription = "active" }));
        Assert.Equal(["authorizer_away"], Judge(null, Node with { AuthorizerAway = true }));
    }

    [Fact]
    public void Verdict_NoName_IsTheWholeCause() =>
        Assert.Equal(["channel_invalid"], Verdict.Of(isChannel: false, null, [Node with { Channel = null }], [], Now).Select(cause => cause.Code));

    [Fact]
    public void Causes_Each_HasACodeAndAdviceOfItsOwn()
    {
        Assert.Equal(Cause.All.Count, Cause.All.Select(cause => cause.Code).Distinct().Count());
        Assert.All(Cause.All, cause => Assert.NotEmpty(cause.Advice));
        // None that was made is missing in the list.
        Assert.Equal(typeof(Cause).GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public).Length, Cause.All.Count);
    }

    private static EndedConnectionInfo Ended => new("1", "a", "slow_consumer", 4413, Now - TimeSpan.FromSeconds(3), "json", null, 5000, 7);

    private static string[] Judge(string? connection, params NodeFacts[] facts) => Judge(connection, facts, []);

    private static string[] Judge(string? connection, NodeFacts[] facts, params AskedNode[] silent) =>
        [.. Verdict.Of(isChannel: true, connection, facts, [.. facts.Select(node => new AskedNode(node.Node, Answered: true)), .. silent], Now).Select(cause => cause.Code)];
}
