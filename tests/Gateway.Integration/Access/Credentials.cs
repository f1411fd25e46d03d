using System.Net;
using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Handshake;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Access;

/// <summary>
/// Kinds of credentials by name. A client shows the kind as its bearer token, and admission makes the identity of it that a real token
/// of that kind would give; a kind that is no good is refused before any rule is looked at.
/// </summary>
internal static class Credentials
{
    public const string None = "none";

    private static readonly Dictionary<string, ClientIdentity?> Kinds = new()
    {
        [None] = ClientIdentity.Anonymous,
        ["refused"] = null,
        ["alice"] = Of("alice"),
        ["bob"] = Of("bob"),
        ["star"] = Of("*"),
        ["colon"] = Of("alice:inbox"),
        ["braces"] = Of("{sub}"),
        ["prefix"] = Of("ali"),
        ["upper"] = Of("ALICE"),
        ["red"] = Of("carol", ("team", "red"), ("level", "7")),
        ["blue"] = Of("dave", ("team", "blue"), ("level", "70")),
        ["red-star"] = Of("erin", ("team", "*")),
        ["red-colon"] = Of("frank", ("team", "red:x")),
        ["empty-team"] = Of("grace", ("team", "")),
        ["reader"] = Granted(new ChannelGrant("claim:read", true, false)),
        ["writer"] = Granted(new ChannelGrant("claim:write", false, true)),
        ["wide"] = Granted(new ChannelGrant("claim:*", true, true)),
        ["elsewhere"] = Granted(new ChannelGrant("other:*", true, true), new ChannelGrant("clai", true, true)),
        ["everything"] = Granted(new ChannelGrant("*", true, true)),
    };

    /// <summary>The header with which a client shows its credential.</summary>
    public static string Header(string kind) => kind == None ? "" : $"Authorization: Bearer {kind}\r\n";

    public static ClientIdentity? Find(string kind) => Kinds[kind];

    /// <summary>Puts this admission in place of the node's own, before the first client comes.</summary>
    public static void AdmitTo(TestNode node) =>
        typeof(ConnectionContext).GetProperty(nameof(ConnectionContext.Admission))!.SetValue(node.Connections, new Admissions());

    private static ClientIdentity Of(string subject, params (string Name, string Value)[] claims) =>
        new() { Subject = subject, Claims = claims.ToDictionary(claim => claim.Name, claim => claim.Value) };

    private static ClientIdentity Granted(params ChannelGrant[] grants) => new() { Subject = "heidi", Grants = grants };

    private sealed class Admissions : IAdmission
    {
        public async ValueTask<Admission> AdmitAsync(UpgradeRequest request, Func<EndPoint?> remote, CancellationToken cancellationToken)
        {
            var kind = request.Header("Authorization")?["Bearer ".Length..] ?? None;
            if (request.Query.Contains("later", StringComparison.Ordinal))
                await Task.Yield(); // as when keys have to be fetched
            return Kinds[kind] is { } identity ? new Admission(identity, null) : new Admission(null, new Refusal(401, "The token is not valid."));
        }
    }
}
