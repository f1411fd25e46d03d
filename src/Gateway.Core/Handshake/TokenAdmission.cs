using System.Net;
using Gateway.Core.Access;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Handshake;

/// <summary>Admits clients by where their page comes from and by their token; without one, if anonymous clients are welcome.</summary>
internal sealed class TokenAdmission(AuthOptions options, TokenJudge tokens, GatewayMetrics metrics) : IAdmission
{
    /// <summary>How soon a client may come again when the keys could not be fetched: they are tried for again about then.</summary>
    private const int RetryAfterSeconds = 5;

    private static readonly Refusal WrongOrigin = new(403, "pages of this origin may not connect here (RFC 6455 10.2): Gateway:Auth:AllowedOrigins names those that may");

    private static readonly Refusal SeveralTokens = new(400, "the request has several tokens that differ: send one")
    {
        Challenge = """Bearer error="invalid_request", error_description="several tokens that differ" """.TrimEnd(),
    };

    // RFC 6750 §3.1: who sent no credentials is told the scheme, and no error.
    private static readonly Refusal NoToken = new(401, "a token is required: send it as 'Authorization: Bearer <token>', or see docs/protocol.md for what pages can do") { Challenge = "Bearer" };

    private static readonly Refusal NobodyComesIn = new(401, "this service takes no anonymous clients, and has no keys to check a token with") { Challenge = "Bearer" };

    private readonly OriginPolicy _origins = new(options);
    private readonly TokenSources _sources = new(options);

    public ValueTask<Admission> AdmitAsync(UpgradeRequest request, Func<EndPoint?> remote, CancellationToken cancellationToken)
    {
        // First: a page that must not connect must not find out either whether a cookie of its visitor's is good.
        if (!_origins.Allows(request.Origin, request.Host))
            return new(Refuse(WrongOrigin, AdmissionResult.Origin));
        if (!_sources.TryFind(request, out var token))
            return new(Refuse(SeveralTokens, AdmissionResult.SeveralTokens));
        if (token is null)
            return new(options.AllowAnonymous ? Admit(ClientIdentity.Anonymous, AdmissionResult.Anonymous) : Refuse(tokens.HasKeys ? NoToken : NobodyComesIn, AdmissionResult.NoToken));
        var verdict = tokens.JudgeAsync(token, cancellationToken);
        return verdict.IsCompletedSuccessfully ? new(Decide(verdict.Result)) : DecideAsync(verdict);
    }

    private async ValueTask<Admission> DecideAsync(ValueTask<TokenVerdict> verdict) => Decide(await verdict.ConfigureAwait(false));

    private Admission Decide(TokenVerdict verdict)
    {
        if (verdict.Identity is { } identity)
            return Admit(identity, AdmissionResult.Token);
        if (verdict.IsUnavailable)
            return Refuse(Refusal.ServiceUnavailable(verdict.Reason, RetryAfterSeconds), AdmissionResult.Of(TokenFault.Unavailable));
        // RFC 6750 §3: the reasons are ours, and hold neither a quote nor a backslash.
        var challenge = $"Bearer error=\"invalid_token\", error_description=\"{verdict.Reason}\"";
        return Refuse(new Refusal(401, verdict.Reason) { Challenge = challenge }, AdmissionResult.Of(verdict.Fault));
    }

    private Admission Admit(ClientIdentity identity, string result)
    {
        Count(result);
        return new Admission(identity, null);
    }

    private Admission Refuse(Refusal refusal, string result)
    {
        Count(result);
        return new Admission(null, refusal);
    }

    private void Count(string result) => metrics.Admissions.Add(1, new KeyValuePair<string, object?>("result", result));
}
