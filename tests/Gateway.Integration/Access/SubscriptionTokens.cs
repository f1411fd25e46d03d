using System.Text;
using System.Text.Json;
using Gateway.Auth.SubscriptionTokens;
using Gateway.Tests.Auth;

namespace Gateway.Integration.Access;

/// <summary>The subscription tokens of the table, by name: what a client shows when it subscribes.</summary>
internal static class SubscriptionTokens
{
    private const string Key = "a key of the tests, long enough to be one";

    private static readonly TokenIssuer Backend = TokenIssuer.Hmac(Encoding.UTF8.GetBytes(Key));

    private static readonly long Later = TokenIssuer.Now + 3600;

    private static readonly Dictionary<string, string> Tokens = new()
    {
        ["good"] = Signed(("channel", "doc:7")),
        ["alice's"] = Signed(("sub", "alice"), ("channel", "doc:7")),
        ["star's"] = Signed(("sub", "*"), ("channel", "doc:7")),
        ["nobody's"] = Signed(("sub", ""), ("channel", "doc:7")),
        ["sub-number"] = Signed(("sub", 7), ("channel", "doc:7")),
        ["of-star"] = Signed(("channel", "doc:*")),
        ["pattern"] = Signed(("channels", new[] { "doc:*" })),
        ["listed"] = Signed(("channels", new[] { "a", "doc:7" })),
        ["both"] = Signed(("channels", new[] { "a" }), ("channel", "doc:7")),
        ["all"] = Signed(("channels", new[] { "*" })),
        ["list-empty"] = Signed(("channels", Array.Empty<string>())),
        ["list-text"] = Signed(("channels", "*")),
        ["list-number"] = Signed(("channels", new[] { 7 })),
        ["no-channel"] = Signed(),
        ["expired"] = Signed(("channel", "doc:7"), ("exp", TokenIssuer.Now - 60)), // the clocks may differ by 30 s
        ["not-yet"] = Signed(("channel", "doc:7"), ("nbf", TokenIssuer.Now + 3600)),
        ["no-expiry"] = Signed(("channel", "doc:7"), ("exp", null)),
        ["wrong-key"] = TokenIssuer.Hmac(new byte[48]).Sign(Claims(("channel", "doc:7"))),
        ["alg-none"] = TokenIssuer.Unsigned(Signed(("channel", "doc:7"))),
        ["critical"] = Backend.Sign(Claims(("channel", "doc:7")), """{"alg":"HS256","crit":["b64"],"b64":true}"""),
        ["twice"] = Backend.Sign($$"""{"exp":{{Later}},"channel":"doc:8","channel":"doc:7"}"""),
        ["client-token"] = TrustedIssuers.Hmac.IssueTo("alice", Credentials.Almighty),
        ["garbage"] = "hello",
    };

    public static IEnumerable<string> Names => Tokens.Keys;

    /// <summary>What the nodes judge them with.</summary>
    public static SubscriptionTokenValidator Validator => new(Encoding.UTF8.GetBytes(Key), TimeProvider.System);

    public static string Of(string name) => Tokens[name];

    private static string Signed(params (string Name, object? Value)[] claims) => Backend.Sign(Claims(claims));

    private static string Claims(params (string Name, object? Value)[] claims)
    {
        var payload = new Dictionary<string, object?> { ["exp"] = Later };
        foreach (var (name, value) in claims)
            payload[name] = value;
        return JsonSerializer.Serialize(payload.Where(claim => claim.Value is not null).ToDictionary());
    }
}
