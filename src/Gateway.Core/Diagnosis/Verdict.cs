using System.Globalization;

namespace Gateway.Core.Diagnosis;

/// <summary>Makes causes of facts. It asks nobody and keeps nothing.</summary>
internal sealed class Verdict
{
    /// <summary>A gap that is older is not what anybody asks about.</summary>
    public static readonly TimeSpan GapMatters = TimeSpan.FromMinutes(10);

    // One lost segment is nothing; a second attempt that stays unanswered is some 600 ms of silence on a line of 50 ms.
    private const int SilentRetransmits = 2;

    private const int MostNamed = 5;

    private readonly List<FoundCause> _causes = [];
    private readonly DateTimeOffset _now;

    private Verdict(DateTimeOffset now) => _now = now;

    /// <summary>All causes that apply, most important first; <see cref="Cause.NoCause"/> when none does.</summary>
    /// <param name="isChannel">The channel's name is one.</param>
    /// <param name="connection">Asked about; null: none in particular.</param>
    /// <param name="facts">Of each node that answered.</param>
    /// <param name="nodes">Those that were asked.</param>
    /// <param name="now">When.</param>
    public static IReadOnlyList<FoundCause> Of(
        bool isChannel, string? connection, IReadOnlyList<NodeFacts> facts, IReadOnlyList<AskedNode> nodes, DateTimeOffset now)
    {
        var verdict = new Verdict(now);
        verdict.Judge(isChannel, connection, facts, nodes);
        if (verdict._causes.Count == 0)
            verdict.Add(Cause.NoCause, null, "Nothing is wrong that the nodes know of.");
        var order = Cause.All.Select(cause => cause.Code).ToList();
        // What is over comes after what is so now, the latest of it first, where the first of its kind stands.
        var over = order.IndexOf(Cause.BrokerGap.Code);
        return [.. verdict._causes.OrderBy(cause => cause.At is null ? order.IndexOf(cause.Code) : over).ThenByDescending(cause => cause.At)];
    }

    /// <summary>What keeps a user from everything: it is not there. Nodes that did not answer may have it.</summary>
    public static IReadOnlyList<FoundCause> OfUser(UserReport user)
    {
        if (user.Count > 0)
            return [];
        var verdict = new Verdict(default);
        verdict.JudgeSilence(user.Nodes);
        verdict.Add(Cause.UserNotConnected, null, "No node that answered has a connection of that user.");
        return verdict._causes;
    }

    private void Judge(bool isChannel, string? connection, IReadOnlyList<NodeFacts> facts, IReadOnlyList<AskedNode> nodes)
    {
        if (!isChannel)
            Add(Cause.ChannelInvalid, null, "This is not a channel's name: nothing can be published to it, and nobody be subscribed.");
        var home = facts.FirstOrDefault(node => node.Connection is not null);
        var ended = home is null ? facts.FirstOrDefault(node => node.Ended is not null)?.Ended : null;
        // Who is found, or remembered, needs no other node's word.
        if (home is null && ended is null)
            JudgeSilence(nodes);
        if (connection is not null)
            JudgeConnection(home, ended, nodes);
        var concerned = (home is null ? facts : [home]).Where(node => node.Channel is not null).ToList();
        foreach (var node in concerned)
        {
            JudgeNode(node, node.Channel!);
            // Of a connection that is not here, what befell this node tells nothing; nor does what befell it before the connection came.
            if (connection is null || home is not null)
                JudgePast(node, node.Channel!, since: home?.Connection!.ConnectedAt);
        }

        if (connection is null)
            JudgeChannel(isChannel, concerned);
        else if (home is { Subscription: "active", Channel: { } channel })
            JudgeLastPublication(home, channel);
    }

    private void JudgeSilence(IReadOnlyList<AskedNode> nodes)
    {
        foreach (var node in nodes.Where(node => !node.Answered))
        {
            Add(Cause.NodeSilent, node.Name, node.LostSince is { } since
                ? $"Node {node.Name} was last heard of at {since:HH:mm:ss}Z and has not taken its leave: it hangs, is cut off or has died, and may hold its clients still."
                : $"Node {node.Name} did not answer.");
        }
    }

    private void JudgeConnection(NodeFacts? home, EndedConnectionInfo? ended, IReadOnlyList<AskedNode> nodes)
    {
        if (ended is not null)
        {
            var dropped = ended.Dropped > 0 ? $"; {Number(ended.Dropped)} messages were dropped" : "";
            Add(IsSentAway(ended) ? Cause.SentAway : Cause.ConnectionEnded, ended.Node,
                $"It ended {Since(ended.EndedAt)}: {ended.Reason}, close code {ended.Code}, with {Number(ended.QueuedBytes)} bytes waiting for it{dropped}.");
        }
        else if (home is null)
        {
            var silent = nodes.Where(node => !node.Answered).Select(node => node.Name).ToList();
            var mayBeThere = silent.Count == 0 ? "" : $" It may be on {string.Join(" or ", silent.Take(MostNamed))}.";
            Add(Cause.ConnectionUnknown, null, $"No node that answered has a connection of that id, or remembers one that ended of late.{mayBeThere}");
        }
        else if (home.Connection!.State != "open")
        {
            Add(Cause.ConnectionNotOpen, home.Node, $"The connection is {home.Connection.State}.");
            if (home.Ended is { } ending)
                Add(IsSentAway(ending) ? Cause.SentAway : Cause.ConnectionEnded, home.Node, $"It is being ended: {ending.Reason}, close code {ending.Code}, with {Number(ending.QueuedBytes)} bytes waiting for it.");
        }
        else
        {
            JudgeSubscription(home);
            JudgeFlow(home.Node, home.Connection);
            JudgeDrops(home);
        }
    }

    private static bool IsSentAway(EndedConnectionInfo ended) => ended.Reason is "service_restart" or "moved";

    private void JudgeSubscription(NodeFacts home)
    {
        if (home.Subscription == "none")
            Add(Cause.NotSubscribed, home.Node, $"The connection is not subscribed to the channel; it is to {Number(home.Connection!.Subscriptions)} others.");
        else if (home.Subscription == "pending")
            Add(Cause.SubscriptionPending, home.Node, "The subscription waits for the broker's confirmation.");
    }

    private void JudgeFlow(string node, ConnectionInfo connection)
    {
        if (connection.UnansweredRetransmits >= SilentRetransmits)
        {
            Add(Cause.PeerSilent, node,
                $"{Number(connection.UnacknowledgedBytes ?? 0)} bytes are not acknowledged, {connection.UnansweredRetransmits} attempts in a row had no answer; the last acknowledgement came {Seconds(connection.LastAcknowledgementSeconds ?? 0)} ago.");
        }

        // What is on its way for a moment is not behind: something must wait before it.
        if (connection.QueuedBytes > 0 || connection.UnsentBytes > 0)
        {
            Add(Cause.Behind, node,
                $"{Number(connection.QueuedBytes)} bytes wait in the node and {Number(connection.UnacknowledgedBytes ?? 0)} in its kernel, {Number(connection.UnsentBytes ?? 0)} of them unsent.");
        }

        if (connection.Paused is { } reason)
            Add(Cause.Paused, node, reason == "commands" ? $"{connection.CommandsInFlight} of its commands wait for the broker, and it is not read meanwhile." : "It does not take its answers, and is not read meanwhile.");
    }

    private void JudgeDrops(NodeFacts home)
    {
        var dropped = home.Drops.Where(drops => drops.Reason != ChannelDrops.Conflated).ToList();
        if (dropped.Count == 0)
            return;
        var reasons = string.Join(", ", dropped.Select(drops => $"{drops.Reason} {Number(drops.Count)}"));
        Add(Cause.Skipped, home.Node, $"{Number(dropped.Sum(drops => drops.Count))} publications of the channel were dropped for the connection while it was behind ({reasons}).");
    }

    private void JudgeNode(NodeFacts node, ChannelFacts channel)
    {
        if (node.Refused is { } why)
            Add(Cause.SubscribeForbidden, node.Node, why);
        else if (!channel.MaySubscribe)
            Add(Cause.SubscribeForbidden, node.Node, "The node's rules let nobody subscribe to the channel.");
        if (!node.Broker.Connected)
            Add(Cause.BrokerAway, node.Node, node.Broker.Reason);
        if (node is { AuthorizerAway: true, Subscription: not "active" })
            Add(Cause.AuthorizerAway, node.Node, "The channel's rule leaves it to the authorizer, which the node does not ask at the moment because it has failed too often.");
        if (node.State == "draining" || node.SendingAway > 0)
            Add(Cause.NodeLeaving, node.Node, node.State == "draining" ? "The node is draining." : $"The node moves {Number((long)Math.Ceiling(node.SendingAway))} clients a second to others.");
    }

    /// <summary>What is over. Two counts have no moment of their own.</summary>
    private void JudgePast(NodeFacts node, ChannelFacts channel, DateTimeOffset? since)
    {
        bool Matters(DateTimeOffset then) => _now - then < GapMatters && (since is null || then >= since);
        if (node.Broker is { Connected: true, LastGapAt: { } gap } && Matters(gap))
            Add(Cause.BrokerGap, node.Node, $"The node was without the broker for {Seconds(node.Broker.LastGapSeconds ?? 0)}; it came back {Since(gap)}.", gap);
        if (node.LastStallAt is { } stall && Matters(stall))
            Add(Cause.NodeStalled, node.Node, $"The node's process stood still for {Seconds(node.LastStallSeconds ?? 0)}; it went on {Since(stall)}.", stall);
        if (channel.DroppedTooLarge > 0)
            Add(Cause.PublicationTooLarge, node.Node, $"{Number(channel.DroppedTooLarge)} publications of the channel were dropped for their size.");
        if (channel.DroppedInboxFull > 0)
            Add(Cause.InboxFull, node.Node, $"{Number(channel.DroppedInboxFull)} times a publication of the channel was dropped because too many waited.");
    }

    private void JudgeChannel(bool isChannel, IReadOnlyList<NodeFacts> nodes)
    {
        if (isChannel && nodes.All(node => node.Channel is { Subscribers: <= 0, Pending: <= 0 }))
            Add(Cause.NobodySubscribed, null, "Nobody is subscribed to the channel on the nodes that answered.");
        foreach (var node in nodes)
        {
            if (node.Channel!.Subscribers == 0 && node.Channel.Pending > 0)
                Add(Cause.SubscriptionPending, node.Node, $"{Number(node.Channel.Pending)} subscriptions wait for the broker's confirmation.");
            if (node.Channel is { Subscribers: > 0, LastPublicationAt: null })
                NothingPublished(node);
        }
    }

    private void JudgeLastPublication(NodeFacts home, ChannelFacts channel)
    {
        if (channel.LastPublicationAt is not { } last)
            NothingPublished(home);
        else if (last < home.Connection!.ConnectedAt)
            Add(Cause.PublishedBefore, home.Node, $"The channel's last publication came to the node {Since(last)}, and the client {Since(home.Connection.ConnectedAt)}.");
    }

    private void NothingPublished(NodeFacts node) =>
        Add(Cause.NothingPublished, node.Node, "No publication of the channel has come to the node since it subscribed.");

    private void Add(Cause cause, string? node, string text, DateTimeOffset? at = null) => _causes.Add(new FoundCause(cause.Code, node, text, cause.Advice, at));

    private string Since(DateTimeOffset then) => $"{Seconds(Math.Max(0, (_now - then).TotalSeconds))} ago";

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
