namespace Gateway.Core.Access;

/// <summary>Who a client is and what it may, as its token says. Never changed; a refreshed token makes a new one.</summary>
public sealed class ClientIdentity
{
    // The object, its collections, and an entry of theirs.
    private const int OwnBytes = 320;
    private const int EntryBytes = 64;

    /// <summary>A client without a token.</summary>
    public static readonly ClientIdentity Anonymous = new() { Subject = "" };

    /// <summary>The user, claim <c>sub</c>; empty: anonymous.</summary>
    public required string Subject { get; init; }

    /// <summary>Whether a token has said who it is.</summary>
    public bool IsAuthenticated => Subject.Length > 0;

    /// <summary>The user; null: anonymous.</summary>
    internal string? User => IsAuthenticated ? Subject : null;

    /// <summary>Claim <c>exp</c>: the connection ends then, unless it is refreshed; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Claim <c>channels</c>: what the token allows where a rule says that tokens decide.</summary>
    public IReadOnlyList<ChannelGrant> Grants { get; init; } = [];

    /// <summary>The token's other claims that are text or a number, for patterns such as <c>team:{team}</c>.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>();

    /// <summary>Claim <c>limits</c>: this client's own bounds.</summary>
    public ClientLimits Limits { get; init; } = ClientLimits.None;

    /// <summary>Claim <c>iat</c>; null: the token does not say, and counts as older than every revocation.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Memory of it, in bytes, about: what a token of 8 KiB has become is some 20 KiB.</summary>
    internal int Bytes => !IsAuthenticated ? 0 : OwnBytes + TextBytes(Subject) + TextBytes(TokenId)
        + Grants.Sum(static grant => EntryBytes + TextBytes(grant.Pattern))
        + Claims.Sum(static claim => EntryBytes + TextBytes(claim.Key) + TextBytes(claim.Value));

    /// <summary>Claim <c>jti</c>, by which one token is revoked; null: it has none.</summary>
    public string? TokenId { get; init; }

    private static int TextBytes(string? text) => text is null ? 0 : 24 + (2 * text.Length);
}

/// <summary>A right that a token gives.</summary>
/// <param name="Pattern">Channel names, <c>*</c> standing for any run of characters.</param>
/// <param name="MaySubscribe">To them.</param>
/// <param name="MayPublish">To them.</param>
public sealed record ChannelGrant(string Pattern, bool MaySubscribe, bool MayPublish);

/// <summary>Bounds that a token sets for its client; null: the node's.</summary>
/// <param name="Connections">Claim <c>limits.connections</c>: of its user, this one included; 0: any number.</param>
/// <param name="Subscriptions">Claim <c>limits.subscriptions</c>.</param>
/// <param name="CommandsPerSecond">Claim <c>limits.commands_per_second</c>.</param>
/// <param name="BytesPerSecond">Claim <c>limits.bytes_per_second</c>.</param>
public sealed record ClientLimits(int? Connections, int? Subscriptions, int? CommandsPerSecond, int? BytesPerSecond)
{
    /// <summary>The node's.</summary>
    public static readonly ClientLimits None = new(null, null, null, null);
}
