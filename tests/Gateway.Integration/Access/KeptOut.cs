using System.Text;
using Gateway.Tests.Auth;
using static Gateway.Integration.Access.Credentials;
using static Gateway.Integration.Access.TokenNode;
using static Gateway.Integration.Access.TrustedIssuers;

namespace Gateway.Integration.Access;

/// <summary>A way of not being let in.</summary>
/// <param name="Headers">What the client shows with its request.</param>
/// <param name="Status">What it is answered, by docs/protocol.md.</param>
/// <param name="Reason">Of the answer's line that says why.</param>
/// <param name="Error">Of the challenge (RFC 6750 §3.1); empty: it names none, and null: there is none.</param>
internal sealed record KeptOut(string Headers, int Status, string Reason, string? Error)
{
    /// <summary>Without a token, where the node demands one.</summary>
    public const string NoToken = "no-token";

    /// <summary>The user, and the token, that the nodes have been told to take nothing of any more.</summary>
    public const string RevokedUser = "mallory", RevokedToken = "taken-back";

    private static readonly TokenIssuer Stranger = TokenIssuer.Rsa();

    private static readonly Dictionary<string, KeptOut> Ways = new()
    {
        [NoToken] = new("", 401, "a token is required", ""),
        ["garbage"] = By("hello", "no signed JSON Web Token"),
        ["expired"] = By(Rsa.IssueTo("alice", [.. Almighty, ("exp", TokenIssuer.Now - 1)]), "expired"),
        ["not-yet"] = By(Ec.IssueTo("alice", [.. Almighty, ("nbf", TokenIssuer.Now + 3600)]), "not valid yet"),
        ["issued-later"] = By(Hmac.IssueTo("alice", [.. Almighty, ("iat", TokenIssuer.Now + 3600)]), "in the future"),
        ["wrong-key"] = By(Stranger.IssueTo("alice", Almighty), "signature is wrong"),
        ["wrong-secret"] = By(TokenIssuer.Hmac(new byte[48]).IssueTo("alice", Almighty), "signature is wrong"),
        ["alg-none"] = By(TokenIssuer.Unsigned(Rsa.IssueTo("alice", Almighty)), "algorithm is none that is taken"),
        // RFC 8725 §2.1: the public key's bytes, as text and as they are, taken for a secret.
        ["key-confusion"] = By(TokenIssuer.Hmac(Encoding.UTF8.GetBytes(Rsa.PublicPem!)).IssueTo("alice", Almighty), "signature is wrong"),
        ["key-confusion-ec"] = By(TokenIssuer.Hmac(Bytes(Ec.PublicPem!)).IssueTo("alice", Almighty), "signature is wrong"),
        ["changed"] = By(Changed(Rsa.IssueTo("alice", Almighty), Rsa.IssueTo("bob")), "signature is wrong"),
        ["wrong-issuer"] = By(Rsa.IssueTo("alice", [.. Almighty, ("iss", "https://other.example")]), "issuer (iss)"),
        ["no-issuer"] = By(Ec.IssueTo("alice", [.. Almighty, ("iss", null)]), "issuer (iss)"),
        ["wrong-audience"] = By(Rsa.IssueTo("alice", [.. Almighty, ("aud", "others")]), "audience (aud)"),
        ["no-audience"] = By(Hmac.IssueTo("alice", [.. Almighty, ("aud", null)]), "audience (aud)"),
        ["revoked-user"] = By(Rsa.IssueTo(RevokedUser, [.. Almighty, ("iat", TokenIssuer.Now - 5)]), "revoked"),
        ["revoked-token"] = By(Ec.IssueTo("alice", [.. Almighty, ("jti", RevokedToken)]), "revoked"),
        ["no-user"] = By(Hmac.IssueTo("alice", [.. Almighty, ("sub", null)]), "claim sub"),
        ["wrong-claim"] = By(Hmac.IssueTo("alice", [.. Almighty, ("channels", "*")]), "claim channels"),
        ["subscription-token"] = By(SubscriptionTokens.Of("alice's"), "signature is wrong"),
        ["two-tokens"] = new(Of("alice") + Of("almighty"), 400, "several tokens", "invalid_request"),
        ["foreign-page"] = new(Of("almighty") + "Origin: https://evil.example\r\n", 403, "origin", null),
    };

    /// <summary>The token that is no good; null: it is not for a token.</summary>
    public string? Token { get; private init; }

    public static IEnumerable<string> Names => Ways.Keys;

    public static KeptOut By(string name) => Ways[name];

    private static KeptOut By(string token, string reason) => new(Bearer(token), 401, reason, "invalid_token") { Token = token };

    /// <summary>The claims of one token under the signature of another.</summary>
    private static string Changed(string claims, string signed) => $"{signed.Split('.')[0]}.{claims.Split('.')[1]}.{signed.Split('.')[2]}";

    private static byte[] Bytes(string pem) => Convert.FromBase64String(string.Concat(pem.Split('\n').Where(line => !line.StartsWith('-'))));
}
