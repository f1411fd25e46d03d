using static Gateway.Integration.Access.TokenNode;
using static Gateway.Integration.Access.TrustedIssuers;

namespace Gateway.Integration.Access;

/// <summary>The clients of the table who are let in, by name: what each shows with its request. Their tokens are signed with each kind of key.</summary>
internal static class Credentials
{
    /// <summary>A client without a token, of a node that takes it.</summary>
    public const string None = "none";

    private static readonly Dictionary<string, string> Headers = new()
    {
        [None] = "",
        ["alice"] = Bearer(Rsa.IssueTo("alice")),
        ["endless"] = Bearer(Rsa.IssueTo("alice", ("exp", null))), // exp is not asked for
        ["bob"] = Bearer(Ec.IssueTo("bob", ("aud", new[] { "others", "gateway" }))),
        ["star"] = Bearer(Hmac.IssueTo("*")),
        ["colon"] = Bearer(Rsa.IssueTo("alice:inbox")),
        ["braces"] = Bearer(Ec.IssueTo("{sub}")),
        ["prefix"] = Bearer(Hmac.IssueTo("ali")),
        ["upper"] = Bearer(Hmac.IssueTo("ALICE")),
        ["red"] = Bearer(Rsa.IssueTo("carol", ("team", "red"), ("level", 7))),
        ["blue"] = Bearer(Ec.IssueTo("dave", ("team", "blue"), ("level", "70"))),
        ["red-star"] = Bearer(Hmac.IssueTo("erin", ("team", "*"))),
        ["red-colon"] = Bearer(Hmac.IssueTo("frank", ("team", "red:x"))),
        ["red-list"] = Bearer(Hmac.IssueTo("ivan", ("team", new[] { "red" }), ("level", true))), // kept are texts and numbers
        ["empty-team"] = Bearer(Hmac.IssueTo("grace", ("team", ""))),
        ["reader"] = Granted("claim:read"),
        ["writer"] = Granted(Grant("claim:write", "publish")),
        ["wide"] = Granted(Grant("claim:*", "subscribe", "publish")),
        ["elsewhere"] = Granted(Grant("other:*", "subscribe", "publish"), Grant("clai", "subscribe", "publish")),
        ["everything"] = Granted(Grant("*", "subscribe", "publish")),
        ["almighty"] = Bearer(Hmac.IssueTo("alice", Almighty)),
    };

    /// <summary>Claims by which a client may whatever a token can give: who is refused with them is so for nothing else.</summary>
    public static (string Name, object? Value)[] Almighty => [("channels", new[] { Grant("*", "subscribe", "publish") }), ("team", "red"), ("level", 7)];

    public static IEnumerable<string> Names => Headers.Keys;

    /// <summary>The headers with which a client shows its credential.</summary>
    public static string Of(string name) => Headers[name];

    /// <summary>The token in them.</summary>
    public static string TokenOf(string name) => Of(name)["Authorization: Bearer ".Length..].TrimEnd();

    private static object Grant(string pattern, params string[] rights) => new { pattern, rights };

    private static string Granted(params object[] channels) => Bearer(Rsa.IssueTo("heidi", ("channels", channels)));
}
