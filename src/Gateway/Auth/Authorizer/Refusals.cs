using Gateway.Core.Access;

namespace Gateway.Auth.Authorizer;

/// <summary>
/// What the backend has refused of late, for while it is away: where clients are let in then, nobody is where it has said no. Clients without a
/// token are one here, since a refused one could come back as another connection.
/// <para>
/// It is bounded, in shares by asker. A refusal that has to go before its time leaves a mark on whose it was: until it would have ended
/// they are let in nowhere by an outage. Closed, since the other way somebody could ask for forbidden names until the one that matters is
/// forgotten, and wait for an outage; and only for them, so that it shuts out nobody else.
/// </para>
/// </summary>
internal sealed class Refusals
{
    // A name and a time, some 150 bytes each; above it the mark is on all users.
    private const int MaxMarks = 10_000;

    private readonly FairTable<AuthorizerKey, string> _table;
    private readonly Dictionary<string, DateTimeOffset> _marked = new(StringComparer.Ordinal); // users; guarded by itself
    private readonly TimeSpan _life;
    private readonly TimeProvider _time;
    private DateTimeOffset _allMarked; // guarded by _marked, as is the next

    private DateTimeOffset _anonymousMarked;

    /// <param name="size">Refusals, of <see cref="VerdictCache.AnswerBytes"/> each.</param>
    /// <param name="life">How long each is kept at least.</param>
    /// <param name="time">Clock.</param>
    public Refusals(int size, TimeSpan life, TimeProvider time)
    {
        _table = new((long)size * VerdictCache.AnswerBytes, time, Mark);
        (_life, _time) = (life, time);
    }

    public int Count => _table.Count;

    /// <summary>The backend's word.</summary>
    /// <param name="question">Of whom, and of what.</param>
    /// <param name="verdict">Allowed or forbidden.</param>
    /// <param name="ttl">How long it holds, as the backend says.</param>
    public void OnVerdict(in AuthorizerQuestion question, AuthorizerVerdict verdict, TimeSpan ttl)
    {
        var key = KeyOf(question);
        var life = ttl > _life ? ttl : _life;
        if (verdict.Result == AccessResult.Forbidden && life > TimeSpan.Zero)
            _table.Set(question.Asker, key, verdict.Reason, _time.GetUtcNow() + life, key.Characters + verdict.Reason.Length);
        else if (question.Client.IsAuthenticated)
            _table.Remove(key); // another anonymous client's permission says nothing of the one that was refused
    }

    /// <summary>What holds while the backend cannot be asked.</summary>
    public AuthorizerVerdict WhileAway(in AuthorizerQuestion question) => _table.TryGet(KeyOf(question), out var reason)
        ? new AuthorizerVerdict(AccessResult.Forbidden, reason)
        : new AuthorizerVerdict(AccessResult.Unavailable, "", FailsClosed: IsMarked(question.Client));

    public void Prune()
    {
        _table.Prune();
        var now = _time.GetUtcNow();
        lock (_marked)
        {
            foreach (var (user, until) in _marked)
            {
                if (now >= until)
                    _marked.Remove(user);
            }
        }
    }

    private static AuthorizerKey KeyOf(in AuthorizerQuestion question) => new(question.Client.Subject, "", question.Channel, question.Action);

    private bool IsMarked(ClientIdentity client)
    {
        var now = _time.GetUtcNow();
        lock (_marked)
            return client.IsAuthenticated ? now < _allMarked || now < _marked.GetValueOrDefault(client.Subject) : now < _anonymousMarked;
    }

    private void Mark(FairEntry<AuthorizerKey, string> forgotten)
    {
        var (user, until) = (forgotten.Key.User, forgotten.Until);
        lock (_marked)
        {
            if (user.Length == 0)
                _anonymousMarked = Later(_anonymousMarked, until);
            else if (_marked.Count < MaxMarks || _marked.ContainsKey(user))
                _marked[user] = Later(_marked.GetValueOrDefault(user), until);
            else
                _allMarked = Later(_allMarked, until);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
