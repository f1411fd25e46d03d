namespace Gateway.Core.Diagnosis;

/// <summary>
/// Why a client did not get a publication: the closed list, the most certain and decisive first, and what may be over after what is so now.
/// Operators script against the codes.
/// </summary>
internal sealed class Cause
{
    public static readonly Cause ChannelInvalid = new("channel_invalid", "Correct the name: 1 to 255 bytes of UTF-8 without control characters, spaces and commas.");
    public static readonly Cause SubscribeForbidden = new("subscribe_forbidden", "Change Gateway:Rules, or the channel's name.");
    public static readonly Cause ConnectionEnded = new("connection_ended", "See the reason: 'slow_consumer' and 'heartbeat_timeout' are the client's network or its code; it has another id when it comes back.");
    public static readonly Cause SentAway = new("sent_away", "A drain or rebalancing sent it to another node: its client comes back with another id, and what was published in between it gets from whoever keeps it. See GET /api/v1/drain.");
    public static readonly Cause NodeSilent = new("node_silent", "Look at that node first: what it knows is missing here. GET /readyz on its admin side, its log, its CPU.");
    public static readonly Cause ConnectionUnknown = new("connection_unknown", "Take the id from the client's latest 'welcome': each connection has another.");
    public static readonly Cause UserNotConnected = new("user_not_connected", "The user is the claim sub of the client's token, letter by letter: look at what the client was answered when it connected.");
    public static readonly Cause ConnectionNotOpen = new("connection_not_open", "Wait a moment: it is in its handshake, or about to end.");
    public static readonly Cause AuthorizerAway = new("authorizer_away", "Bring the backend at Gateway:Authorizer:Uri back: until it answers, whoever needs its word is refused, or let, as the rules say (AuthorizerFailure).");
    public static readonly Cause NotSubscribed = new("not_subscribed", "Compare the channel's name with those that the connection is subscribed to, letter by letter, and look for an 'error' in the client's log.");
    public static readonly Cause BrokerAway = new("broker_away", "Bring the broker back: nothing that is published reaches that node.");
    public static readonly Cause SubscriptionPending = new("subscription_pending", "Wait for the broker's confirmation, five seconds at most; what is published before the 'ok' is not for this client.");
    public static readonly Cause NobodySubscribed = new("nobody_subscribed", "Compare the publisher's channel with the subscribers', letter by letter.");
    public static readonly Cause PeerSilent = new("peer_silent", "The client's network is gone or so bad that nothing is acknowledged; it is closed by the heartbeat, or within Gateway:Transport:SendTimeout while something waits for it.");
    public static readonly Cause Behind = new("behind", "The client does not read as fast as it is sent to: look at its CPU and its network. Above Gateway:Limits:MaxQueueBytes its channels' rules decide; what they have dropped is a cause of its own.");
    public static readonly Cause Skipped = new("skipped", "Its channel's rule (SlowConsumer) drops publications rather than the client; one of gateway.v1 was told by 'skipped'. Look at the client's CPU and network, publish less, or choose another rule.");
    public static readonly Cause Paused = new("paused", "The node reads no more commands of this client until it takes its answers, or until the broker has answered; publications flow on.");
    public static readonly Cause PublicationTooLarge = new("publication_too_large", "Publish less at once, or raise Gateway:Limits:MaxPublicationBytes on every node.");
    public static readonly Cause InboxFull = new("inbox_full", "The node is overloaded: add nodes, or raise Gateway:Channels:MaxInboxPublications if it comes in bursts.");
    public static readonly Cause BrokerGap = new("broker_gap", "What was published meanwhile was missed; clients of gateway.v1 were told by 'gap'.");
    public static readonly Cause NodeStalled = new("node_stalled", "What was on its way meanwhile came late, and clients that were not answered may have left: see the node's CPU, its throttling and its log (event 1444).");
    public static readonly Cause NodeLeaving = new("node_leaving", "Clients are being moved and miss what is published until they are back: see GET /api/v1/drain and /api/v1/nodes.");
    public static readonly Cause PublishedBefore = new("published_before", "The last publication came before this client did; there is no history.");
    public static readonly Cause NothingPublished = new("nothing_published", "Look at the publisher: the channel's name, Gateway:Redis:Prefix, which Redis, and what PUBLISH returned.");
    public static readonly Cause NoCause = new("no_cause", "As far as the nodes can tell it was delivered: look at the client's code, and at when it was published.");

    /// <summary>All of them, in this order.</summary>
    public static IReadOnlyList<Cause> All { get; } =
    [
        ChannelInvalid, SubscribeForbidden, ConnectionEnded, SentAway, NodeSilent, ConnectionUnknown, UserNotConnected, ConnectionNotOpen, AuthorizerAway, NotSubscribed, BrokerAway,
        SubscriptionPending, NobodySubscribed, PeerSilent, Skipped, Behind, Paused, NodeLeaving, PublishedBefore, NothingPublished,
        BrokerGap, NodeStalled, PublicationTooLarge, InboxFull, NoCause,
    ];

    private Cause(string code, string advice) => (Code, Advice) = (code, advice);

    /// <summary>Stable.</summary>
    public string Code { get; }

    /// <summary>What to do.</summary>
    public string Advice { get; }
}
