using System.Text;
using Gateway.Auth.SubscriptionTokens;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Integration.Access;

/// <summary>One node with a rule of every kind, for a table of many rows.</summary>
public sealed class GuardedNode : IAsyncLifetime
{
    private const string Key = "a key of the tests, long enough to be one";

    private int _brokerOperations;

    internal TestNode Node { get; private set; } = null!;

    internal ScriptedAuthorizer Backend { get; } = new();

    internal CountingBroker Broker { get; } = new();

    /// <summary>What the node asked of its broker: a refused command adds nothing.</summary>
    internal int BrokerOperations => Volatile.Read(ref _brokerOperations);

    public async ValueTask InitializeAsync()
    {
        Broker.OnOperation = () => Interlocked.Increment(ref _brokerOperations);
        Node = await TestNode.StartAsync(
            options =>
            {
                options.Channels.LeaveAfter = TimeSpan.Zero;
                foreach (var rule in Rules)
                    options.Rules.Add(rule);
            },
            Broker,
            authorizer: Backend,
            subscriptionTokens: new SubscriptionTokenValidator(Encoding.UTF8.GetBytes(Key), TimeProvider.System));
        Credentials.AdmitTo(Node);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    private static IEnumerable<RuleOptions> Rules =>
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

    /// <summary>A subscription token: claims, then seconds until it expires; <c>!</c> in front: of another key.</summary>
    internal static string Token(string text)
    {
        var isForged = text.StartsWith('!');
        var parts = text.TrimStart('!').Split(" for ");
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(isForged ? new string('x', 40) : Key));
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)).ToUnixTimeSeconds();
        return new JsonWebTokenHandler().CreateToken(
            parts[0].TrimEnd('}') + (parts[0] == "{}" ? "" : ",") + $"\"exp\":{expires}}}", new SigningCredentials(key, SecurityAlgorithms.HmacSha256));
    }

    private static RuleOptions Rule(string pattern, RuleAudience subscribe, RuleAudience publish) => new() { Pattern = pattern, Subscribe = subscribe, Publish = publish };
}
