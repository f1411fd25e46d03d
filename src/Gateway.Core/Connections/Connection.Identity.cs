using Gateway.Core.Access;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>Who the client is, and for how long: from its token, and from the one that replaces it.</summary>
internal sealed partial class Connection
{
    private ClientIdentity _identity = ClientIdentity.Anonymous; // replaced under the lock; read anywhere
    private bool _isExpiryTold; // guarded by the lock

    /// <summary>Who the client is; anonymous before the upgrade.</summary>
    public ClientIdentity Identity
    {
        get => Volatile.Read(ref _identity);
        private set => Volatile.Write(ref _identity, value);
    }

    /// <summary>Until the client's token expires; null: it has none, or one that does not.</summary>
    public TimeSpan? ExpiresIn => Identity.ExpiresAt - _context.Time.GetUtcNow();

    /// <summary>Judges a token that the client sends in place of its own. With a good one of the same user it goes on.</summary>
    /// <param name="token">As the client gave it.</param>
    public ValueTask<RefreshResult> RefreshAsync(string token)
    {
        // Whatever its token says, an anonymous client becomes nobody by it, and a signature is dear.
        if (!Identity.IsAuthenticated)
            return new(Count(RefreshOutcome.Forbidden, ""));
        return MayRefresh() ? JudgeRefreshAsync(token) : new(Count(RefreshOutcome.RateLimited, "Too many tokens came one after another; the one from before counts on. Try again in a minute."));
    }

    private async ValueTask<RefreshResult> JudgeRefreshAsync(string token)
    {
        var verdict = await _context.Tokens.JudgeAsync(token, CancellationToken.None).ConfigureAwait(false);
        var outcome = verdict.IsUnavailable ? RefreshOutcome.Unavailable
            : verdict.Identity is not { } identity ? RefreshOutcome.Unauthorized
            : Replace(identity);
        return Count(outcome, verdict.Reason);
    }

    private RefreshResult Count(RefreshOutcome outcome, string reason)
    {
        _context.Metrics.TokenRefreshes.Add(1, new KeyValuePair<string, object?>("result", LabelOf(outcome)));
        return new RefreshResult(outcome, reason);
    }

    /// <summary>A fault of ours while a token was judged: the client is told to come again.</summary>
    public void OnTokenFault(Exception exception) =>
        _context.Faults.Report(Id, exception, static (log, id, fault) => Log.TokenFault(log, id.ToString(), fault));

    /// <summary>Ends the connection if its token has been revoked; from any thread.</summary>
    public void CloseIfRevoked()
    {
        if (_context.Tokens.IsRevoked(Identity))
            Close(CloseReason.Unauthorized);
    }

    /// <summary>
    /// What depends on who the client is follows here, behind the change. The rights of the new token hold for what the client asks from now
    /// on; what it is subscribed to stays until it ends.
    /// </summary>
    /// <param name="before">Who it was, by the token it had.</param>
    private void OnIdentityChanged(ClientIdentity before)
    {
        // Revoked between the verdict and the change: whoever revoked has looked at the old one.
        if (before != Identity)
            CloseIfRevoked();
    }

    private RefreshOutcome Replace(ClientIdentity identity)
    {
        ClientIdentity before;
        lock (this)
        {
            before = Identity;
            // Another user would inherit what this one is subscribed to. An anonymous client becomes nobody: it connects anew.
            if (_state != ConnectionState.Open || !before.IsAuthenticated || !string.Equals(before.Subject, identity.Subject, StringComparison.Ordinal))
                return RefreshOutcome.Forbidden;
            if (!Memory.TryHold(identity.Bytes))
                return RefreshOutcome.Unavailable;
            Memory.LetGo(before.Bytes);
            Identity = identity;
            _isExpiryTold = false;
        }

        OnIdentityChanged(before);
        return RefreshOutcome.Ok;
    }

    /// <summary>From the clock, once a second.</summary>
    private void WatchToken(DateTimeOffset expiry)
    {
        var left = expiry - _context.Time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            // A new token that is still being judged has had its time; one that has just been taken has another expiry.
            if (Identity.ExpiresAt == expiry)
                Close(CloseReason.TokenExpired);
            return;
        }

        if (left > _context.Options.Auth.ExpiryWarning)
            return;
        lock (this)
        {
            if (_isExpiryTold || Identity.ExpiresAt != expiry)
                return;
            _isExpiryTold = true;
        }

        if (Protocol?.ExpiringFrame(left) is { } frame)
            Send(frame);
    }

    /// <summary>Under the lock, with the step that opens the connection. False: its user has as many as it may have.</summary>
    private bool TryEnterIndex(ClientIdentity identity) =>
        !identity.IsAuthenticated || _context.Users.TryAdd(identity.Subject, this, identity.Limits.Connections ?? _context.Options.Limits.MaxConnectionsPerUser);

    /// <summary>Under the lock, with the step that ends the connection: who comes again at once finds its place free, however long the peer takes to go.</summary>
    private void LeaveIndex()
    {
        if (Identity.IsAuthenticated)
            _context.Users.Remove(Identity.Subject, this);
    }

    private static string LabelOf(RefreshOutcome outcome) => outcome switch
    {
        RefreshOutcome.Ok => "ok",
        RefreshOutcome.Forbidden => "forbidden",
        RefreshOutcome.Unavailable => "unavailable",
        RefreshOutcome.RateLimited => "rate_limited",
        _ => "unauthorized",
    };
}

/// <summary>What became of a token that a client sent in place of its own.</summary>
/// <param name="Outcome">Whether it counts now.</param>
/// <param name="Reason">Why it is refused; nothing of the token.</param>
internal readonly record struct RefreshResult(RefreshOutcome Outcome, string Reason);

/// <summary>The outcomes of a refresh.</summary>
internal enum RefreshOutcome
{
    /// <summary>It counts from now on.</summary>
    Ok,

    /// <summary>It is no good; the old one counts on.</summary>
    Unauthorized,

    /// <summary>It is good, and of another user; the old one counts on.</summary>
    Forbidden,

    /// <summary>It could not be judged; the old one counts on.</summary>
    Unavailable,

    /// <summary>It was not looked at: too many came before it; the old one counts on.</summary>
    RateLimited,
}
