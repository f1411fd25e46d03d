using Gateway.Core.Access;

namespace Gateway.Integration.Access;

/// <summary>A backend that allows by the channel's last word, and remembers who asked.</summary>
internal sealed class ScriptedAuthorizer : IChannelAuthorizer
{
    private int _asked;

    /// <summary>Awaited before it answers.</summary>
    public Func<AuthorizerQuestion, Task> Answering { get; set; } = static _ => Task.CompletedTask;

    public bool FailsOpen { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    public async ValueTask<AuthorizerVerdict> AskAsync(AuthorizerQuestion question, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        await Answering(question);
        return question.Channel[(question.Channel.LastIndexOf(':') + 1)..] switch
        {
            "yes" => new(AccessResult.Allowed, ""),
            "subscribe" when question.Action == ChannelAction.Subscribe => new(AccessResult.Allowed, ""),
            "publish" when question.Action == ChannelAction.Publish => new(AccessResult.Allowed, ""),
            "away" => new(AccessResult.Unavailable, ""),
            "busy" => new(AccessResult.Unavailable, "Too many questions wait.", FailsClosed: true),
            "fault" => throw new InvalidOperationException("A fault of the backend's client."),
            var user when user == question.Client.Subject => new(AccessResult.Allowed, ""),
            _ => new(AccessResult.Forbidden, "Not in my list."),
        };
    }
}
