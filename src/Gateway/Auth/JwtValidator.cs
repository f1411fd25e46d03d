using System.Buffers.Text;
using Gateway.Core.Access;
using Gateway.Core.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Auth;

/// <summary>
/// Judges JSON Web Tokens (RFC 7519) that are signed (RFC 7515). First the signature: of what nobody has signed nothing more is read, and nothing
/// said. Which key may check what is decided here; issuer and audience are checked by the library.
/// </summary>
internal sealed class JwtValidator : ITokenValidator
{
    private static readonly TokenVerdict NotAToken = TokenVerdict.Refused(TokenFault.Malformed, "the token is no signed JSON Web Token (header.payload.signature, each in base64url), or exp, nbf, iat or jti is not of its kind");
    private static readonly TokenVerdict WrongAlgorithm = TokenVerdict.Refused(TokenFault.Signature, "the token's algorithm is none that is taken: HS, RS, PS or ES with 256, 384 or 512");
    private static readonly TokenVerdict Critical = TokenVerdict.Refused(TokenFault.Malformed, "the token has critical headers (RFC 7515 4.1.11), which nobody here understands");
    private static readonly TokenVerdict UnknownKey = TokenVerdict.Refused(TokenFault.Signature, "the token is signed with a key that is not known here");
    private static readonly TokenVerdict WrongSignature = TokenVerdict.Refused(TokenFault.Signature, "the token's signature is wrong");
    private static readonly TokenVerdict WrongIssuer = TokenVerdict.Refused(TokenFault.Issuer, "the token's issuer (iss) is none of those that are trusted here");
    private static readonly TokenVerdict WrongAudience = TokenVerdict.Refused(TokenFault.Audience, "the token is for another audience (aud)");
    private static readonly TokenVerdict NoKeysYet = TokenVerdict.Unavailable("the keys that check tokens could not be fetched; try again in a moment");

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxBytes };
    private readonly JwtKeys _keys;
    private readonly JwtClaims _claims;
    private readonly string[] _issuers;
    private readonly string[] _audiences;

    // In characters of ASCII; the core has a bound of its own before this one.
    private const int MaxBytes = 8 * 1024;

    /// <param name="options">What tokens must say.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="time">Clock.</param>
    public JwtValidator(JwtOptions options, JwtKeys keys, TimeProvider time)
    {
        _keys = keys;
        _claims = new JwtClaims(time, options.ClockSkew);
        ClockSkew = options.ClockSkew;
        (_issuers, _audiences) = (JwtOptions.ItemsOf(options.Issuer), JwtOptions.ItemsOf(options.Audience));
    }

    public TimeSpan ClockSkew { get; }

    public ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (SignedToken.TryParse(token, MaxBytes) is not { } signed)
            return new(NotAToken);
        if (JwtAlgorithm.Find(signed.Algorithm) is not { } algorithm)
            return new(WrongAlgorithm);
        return signed.HasCriticalHeaders ? new(Critical) : JudgeAsync(signed, algorithm, cancellationToken);
    }

    private async ValueTask<TokenVerdict> JudgeAsync(SignedToken token, JwtAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var id = token.KeyId;
        var ring = _keys.Current;
        var named = ring.Named(algorithm, id);
        var first = await CheckAsync(token, algorithm, named.Count > 0 ? named : ring.Unnamed(algorithm, id));
        // A key of that name is the one; and a secret is in no JWK Set.
        if (first is { } verdict && (verdict.Fault != TokenFault.Signature || verdict.Identity is not null || named.Count > 0))
            return verdict;
        if (_keys.Jwks is not { } jwks || algorithm.Family == KeyFamily.Hmac)
            return first ?? UnknownKey;
        if (jwks.Keys is null)
            return NoKeysYet;
        // Perhaps the key is newer than what is known here.
        var isFetched = await jwks.FetchAsync().WaitAsync(cancellationToken);
        ring = _keys.Current;
        named = ring.Named(algorithm, id);
        // Looked at also when this fetch has failed: the one before it may have brought the key meanwhile.
        var second = await CheckAsync(token, algorithm, named.Count > 0 || id is not null ? named : ring.Unnamed(algorithm, id));
        if (second is { } found && (isFetched || found.Identity is not null || named.Count > 0))
            return found;
        return isFetched ? first ?? UnknownKey : NoKeysYet;
    }

    /// <summary>Null: there is no key to check with.</summary>
    private async ValueTask<TokenVerdict?> CheckAsync(SignedToken token, JwtAlgorithm algorithm, IReadOnlyList<VerificationKey> keys)
    {
        if (keys.Count == 0)
            return null;
        if (!keys.Any(key => JwtSignature.IsOf(token, algorithm, key.Key)))
            return WrongSignature;
        if (Read(token, out var payload) is not { } jwt)
            return NotAToken;
        // Completes at once: there is nothing in it that is waited for.
        var result = await _handler.ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            SignatureValidator = (_, _) => jwt, // done above
            ValidateIssuer = _issuers.Length > 0,
            ValidIssuers = _issuers,
            ValidateAudience = _audiences.Length > 0,
            ValidAudiences = _audiences,
            ValidateLifetime = false, // by our clock, see JwtClaims
            LogTokenId = false,
            LogValidationExceptions = false,
            IncludeTokenOnFailedValidation = false,
        });
        if (result.IsValid)
            return _claims.Read(payload);
        return result.Exception switch
        {
            SecurityTokenInvalidIssuerException => WrongIssuer,
            SecurityTokenInvalidAudienceException => WrongAudience,
            _ => NotAToken,
        };
    }

    private static JsonWebToken? Read(SignedToken token, out byte[] payload)
    {
        payload = [];
        try
        {
            payload = Base64Url.DecodeFromChars(token.Payload);
            // The library takes a claim that is null for one of the wrong kind. The signature has been checked: it may see the payload without.
            var given = JsonAbsence.WithoutNulls(payload);
            return new JsonWebToken(given.Length == payload.Length ? token.Text : token.With(given));
        }
#pragma warning disable CA1031 // Whatever the library throws for what an issuer has signed: it is no token. Its message may hold parts of it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
