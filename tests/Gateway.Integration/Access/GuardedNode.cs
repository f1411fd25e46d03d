using Gateway.Core.Access;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Access;

/// <summary>A node with a rule of every kind, on which nothing is left behind unseen.</summary>
internal sealed class GuardedNode : IAsyncDisposable
{
    private readonly CountingBroker _broker = new();
    private int _brokerOperations;

    private GuardedNode() => _broker.OnOperation = () => Interlocked.Increment(ref _brokerOperations);

    public TestNode Node { get; private set; } = null!;

    /// <summary>What the node asked of its broker: who is refused adds nothing.</summary>
    public int BrokerOperations => Volatile.Read(ref _brokerOperations);

    public static async Task<GuardedNode> StartAsync(bool allowAnonymous, ITokenValidator validator)
    {
        var guarded = new GuardedNode();
        guarded.Node = await TestNode.StartAsync(
            options =>
            {
                options.Auth.AllowAnonymous = allowAnonymous;
                options.Channels.LeaveAfter = TimeSpan.Zero;
                foreach (var rule in Rules)
                    options.Rules.Add(rule);
            },
            guarded._broker,
            validator: validator,
            authorizer: new ScriptedAuthorizer(),
            subscriptionTokens: SubscriptionTokens.Validator);
        await guarded.Node.Node.Removals.RevokeAsync(KeptOut.RevokedUser, null, null, CancellationToken.None);
        await guarded.Node.Node.Removals.RevokeAsync(null, KeptOut.RevokedToken, null, CancellationToken.None);
        return guarded;
    }

    /// <summary>Waits until all clients have left, and with them what they had.</summary>
    public Task IdleAsync() => Eventually.TrueAsync(() => Node.Node.ConnectionCount == 0 && Node.Node.ChannelCount == 0 && Node.Node.SubscriptionCount == 0);

    /// <summary>Nothing in the directory, in a shard, or at the broker.</summary>
    public void HasNoTrace(int before)
    {
        Assert.Equal(before, BrokerOperations);
        Assert.Equal(0, Node.Node.ChannelCount);
        Assert.Equal(0, Node.Node.SubscriptionCount);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    public static IReadOnlyList<RuleOptions> Rules { get; } =
    [
        Rule("public:*", RuleAudience.Anyone, RuleAudience.Anyone),
        Rule("public:never", RuleAudience.Nobody, RuleAudience.Nobody), // never reached
        Rule("news", RuleAudience.Anyone, RuleAudience.Nobody),
        Rule("inbound", RuleAudience.Nobody, RuleAudience.Anyone),
        Rule("closed:*", RuleAudience.Nobody, RuleAudience.Nobody),
        Rule("signed:*", RuleAudience.Authenticated, RuleAudience.Authenticated),
        Rule("user:{sub}", RuleAudience.Anyone, RuleAudience.Authenticated),
        Rule("user:*", RuleAudience.Anyone, RuleAudience.Anyone), // what would open everybody's, did values decide alone
        Rule("team:{team}:*", RuleAudience.Authenticated, RuleAudience.Nobody),
        Rule("level-{level}", RuleAudience.Anyone, RuleAudience.Anyone),
        Rule("dm:{team}:{sub}", RuleAudience.Anyone, RuleAudience.Anyone),
        Rule("claim:*", RuleAudience.Claim, RuleAudience.Claim),
        Rule("doc:*", RuleAudience.Token, RuleAudience.Nobody),
        Rule("ask:*", RuleAudience.Authorizer, RuleAudience.Authorizer),
        new() { Pattern = "lenient:*", Subscribe = RuleAudience.Authorizer, Publish = RuleAudience.Authorizer, AuthorizerFailure = AuthorizerFailure.Allow },
        new() { Pattern = "small:*", Publish = RuleAudience.Anyone, MaxPublicationBytes = 4 },
        new() { Pattern = "small-ask:*", Subscribe = RuleAudience.Nobody, Publish = RuleAudience.Authorizer, MaxPublicationBytes = 4 },
    ];

    private static RuleOptions Rule(string pattern, RuleAudience subscribe, RuleAudience publish) => new() { Pattern = pattern, Subscribe = subscribe, Publish = publish };
}
