using System.Collections.Concurrent;
using Gateway.Core.Access;

namespace Gateway.Auth.Authorizer;

/// <summary>
/// What the backend has said, as long as it said. Two generations: when the younger is full it becomes the older, whose answers are forgotten
/// then; one that is used moves to the younger. So it is bounded without a list of who was used when.
/// </summary>
internal sealed class VerdictCache(int size, TimeProvider time)
{
    private readonly int _half = Math.Max(1, size / 2);
    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<AuthorizerKey, Remembered> _young = new();
    private volatile ConcurrentDictionary<AuthorizerKey, Remembered> _old = new();

    /// <summary>Answers that are remembered, those whose time is over among them.</summary>
    public int Count => _young.Count + _old.Count;

    public bool TryGet(AuthorizerKey key, out AuthorizerVerdict verdict)
    {
        verdict = default;
        var isYoung = _young.TryGetValue(key, out var found);
        if (!isYoung && !_old.TryGetValue(key, out found))
            return false;
        if (time.GetUtcNow() >= found.Until)
            return false;
        if (!isYoung)
            Add(key, found);
        verdict = found.Verdict;
        return true;
    }

    public void Add(AuthorizerKey key, AuthorizerVerdict verdict, TimeSpan ttl)
    {
        if (size > 0 && ttl > TimeSpan.Zero)
            Add(key, new Remembered(verdict, time.GetUtcNow() + ttl));
    }

    private void Add(AuthorizerKey key, Remembered remembered)
    {
        if (_young.Count >= _half)
        {
            lock (_turning)
            {
                if (_young.Count >= _half)
                    (_old, _young) = (_young, new());
            }
        }

        _young[key] = remembered;
    }

    private readonly record struct Remembered(AuthorizerVerdict Verdict, DateTimeOffset Until);
}

/// <summary>Whose answer it is. Without a token everybody would be the same nobody: then it is one connection's alone.</summary>
/// <param name="User">The subject; empty: anonymous.</param>
/// <param name="Connection">Of an anonymous client; empty: a user's.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Action">What is wanted there.</param>
internal readonly record struct AuthorizerKey(string User, string Connection, string Channel, ChannelAction Action)
{
    public static AuthorizerKey Of(in AuthorizerQuestion question) =>
        new(question.Client.Subject, question.Client.IsAuthenticated ? "" : question.Connection, question.Channel, question.Action);
}
