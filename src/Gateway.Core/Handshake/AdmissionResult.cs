using Gateway.Core.Access;

namespace Gateway.Core.Handshake;

/// <summary>The words of <c>gateway.admissions</c>.</summary>
internal static class AdmissionResult
{
    public const string Anonymous = "anonymous";
    public const string Token = "token";
    public const string NoToken = "no_token";
    public const string SeveralTokens = "several_tokens";
    public const string Origin = "origin";

    public static string Of(TokenFault fault) => fault switch
    {
        TokenFault.Malformed => "malformed",
        TokenFault.Signature => "signature",
        TokenFault.Expired => "expired",
        TokenFault.NotYetValid => "not_yet_valid",
        TokenFault.Issuer => "issuer",
        TokenFault.Audience => "audience",
        TokenFault.Claims => "claims",
        TokenFault.Revoked => "revoked",
        _ => "unavailable",
    };
}
