using System.ComponentModel;
using Gateway.Core.Options;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Auth;

/// <summary>With which keys clients' tokens are checked, and what they must say; bound from the section <c>Gateway:Auth:Jwt</c>.</summary>
internal sealed class JwtOptions
{
    [Description("Secret that your backend signs tokens with too (HS256; HS384 from 48 bytes, HS512 from 64), as text of 32 bytes or more, such as openssl rand -hex 32 prints. Empty: none.")]
    [Secret]
    public string HmacKey { get; set; } = "";

    [Description("File of such a secret, a line break at its end left out; several with commas between them, while one replaces another. Empty: none.")]
    public string HmacKeyPath { get; set; } = "";

    [Description("PEM file of public keys or certificates, RSA (RS and PS) from 2048 bits or EC (ES) of P-256, P-384 and P-521, several in a file or several files with commas between them. Empty: none.")]
    public string PublicKeyPath { get; set; } = "";

    [Description("How often key files are looked at. A kubelet takes a minute or so to deliver a changed one.")]
    [Duration("00:00:00.100", "1.00:00:00")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    [Description("Where the issuer publishes its keys as a JWK Set (RFC 7517): an https URL, or http to a loopback address. Empty: nowhere.")]
    [JwksUri]
    public string JwksUri { get; set; } = "";

    [Description("Between two fetches of the JWK Set. A key that is taken out of it is good for so long after.")]
    [Duration("00:00:01", "1.00:00:00")]
    public TimeSpan JwksRefresh { get; set; } = TimeSpan.FromMinutes(5);

    [Description("A token of an unknown key makes the node fetch the JWK Set again, at most so often; the client waits for it. Made-up tokens are no more load for the issuer than that, and a new key's first clients wait no longer.")]
    [Duration("00:00:00.100", "00:05:00")]
    public TimeSpan JwksCooldown { get; set; } = TimeSpan.FromSeconds(5);

    [Description("How long keys are trusted while the JWK Set cannot be fetched; then clients with tokens get 503. A night's outage of the issuer disturbs nobody who has a token.")]
    [Duration("00:01:00", "30.00:00:00")]
    public TimeSpan JwksMaxAge { get; set; } = TimeSpan.FromDays(1);

    [Description("Who must have issued a token, claim iss; several with commas between them. Empty: anybody who has the key.")]
    public string Issuer { get; set; } = "";

    [Description("Whom a token must be for, one of its claim aud; several with commas between them. Empty: no matter whom. Set it where the issuer's keys sign tokens for other services as well, or theirs are good here.")]
    public string Audience { get; set; } = "";

    [Description("How far the issuer's clock may be ahead of this node's: a token is taken so long before its nbf and iat. Machines that keep time differ by less. exp is exact, since a connection ends with it.")]
    [Duration("00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether there is anything to check a token with.</summary>
    public bool HasKeys => HmacKey.Length > 0 || HmacKeyPath.Length > 0 || PublicKeyPath.Length > 0 || JwksUri.Length > 0;

    /// <summary>The items of an option that holds several.</summary>
    public static string[] ItemsOf(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
