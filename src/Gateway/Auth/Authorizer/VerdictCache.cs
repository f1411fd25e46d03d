using Gateway.Core.Access;

namespace Gateway.Auth.Authorizer;

/// <summary>What the backend has said, as long as it said, in shares by asker: new names without end push out the answers of who asks for them alone.</summary>
/// <param name="size">Answers, of <see cref="AnswerBytes"/> each; 0: none.</param>
/// <param name="time">Clock.</param>
internal sealed class VerdictCache(int size, TimeProvider time)
{
    /// <summary>An answer with names and a reason of ordinary length; longer ones count for what they are.</summary>
    public const int AnswerBytes = 500;

    private readonly FairTable<AuthorizerKey, AuthorizerVerdict> _table = new((long)size * AnswerBytes, time);

    /// <summary>Answers that are remembered, those whose time is over among them.</summary>
    public int Count => _table.Count;

    public long Bytes => _table.Bytes;

    public bool TryGet(AuthorizerKey key, out AuthorizerVerdict verdict) => _table.TryGet(key, out verdict);

    public void Add(string asker, AuthorizerKey key, AuthorizerVerdict verdict, TimeSpan ttl)
    {
        if (size > 0 && ttl > TimeSpan.Zero)
            _table.Set(asker, key, verdict, time.GetUtcNow() + ttl, key.Characters + verdict.Reason.Length);
    }

    public void Prune() => _table.Prune();
}

/// <summary>Whose answer it is. Without a token everybody would be the same nobody: then it is one connection's alone.</summary>
/// <param name="User">The subject; empty: anonymous.</param>
/// <param name="Connection">Of an anonymous client; empty: a user's.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Action">What is wanted there.</param>
internal readonly record struct AuthorizerKey(string User, string Connection, string Channel, ChannelAction Action)
{
    /// <summary>Of its texts, for what remembers it.</summary>
    public int Characters => User.Length + Connection.Length + Channel.Length;

    public static AuthorizerKey Of(in AuthorizerQuestion question) =>
        new(question.Client.Subject, question.Client.IsAuthenticated ? "" : question.Connection, question.Channel, question.Action);
}
