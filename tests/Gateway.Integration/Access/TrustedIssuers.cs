using System.Text;
using Gateway.Auth;
using Gateway.Tests.Auth;

namespace Gateway.Integration.Access;

/// <summary>Whose tokens the nodes of the table trust: one of each kind of key, all of one issuer and for one audience.</summary>
internal static class TrustedIssuers
{
    public static readonly TokenIssuer Hmac = TokenIssuer.Hmac(Encoding.UTF8.GetBytes(Secret));

    public static readonly TokenIssuer Rsa = TokenIssuer.Rsa();

    public static readonly TokenIssuer Ec = TokenIssuer.Ec();

    private const string Secret = "the secret of the table's clients, long enough to be one";

    private const string Issuer = "https://issuer.example", Audience = "gateway";

    /// <summary>What the nodes are configured with.</summary>
    /// <param name="path">File that the public keys are written to.</param>
    public static JwtOptions Options(string path)
    {
        File.WriteAllText(path, $"{Rsa.PublicPem}\n{Ec.PublicPem}\n");
        return new JwtOptions { HmacKey = Secret, PublicKeyPath = path, Issuer = Issuer, Audience = Audience };
    }

    /// <summary>A token that says whose it is and for whom, unless the claims say otherwise; it is good for an hour.</summary>
    public static string IssueTo(this TokenIssuer issuer, string user, params (string Name, object? Value)[] claims) =>
        issuer.Issue(user, [("iss", Issuer), ("aud", Audience), ("exp", TokenIssuer.Now + 3600), .. claims]);
}
