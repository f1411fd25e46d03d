using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Redis;

/// <summary>
/// A command on the publications' link and what its answer means. Redis answers in order, so the oldest command without an answer owns
/// the next one. Exactly one of <see cref="OnReply"/> and <see cref="OnLost"/> is called, once, and neither may block.
/// </summary>
internal abstract class LinkCommand
{
    /// <summary>Writes the command as an array of bulk strings.</summary>
    public abstract void Write(IBufferWriter<byte> output);

    /// <summary>Redis has answered; called by the link's reader, in order with the publications.</summary>
    /// <param name="error">Why it refused; null when it did not.</param>
    public abstract void OnReply(string? error);

    /// <summary>The link ended before the answer came.</summary>
    public virtual void OnLost()
    {
    }

    protected static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        Header(output, (byte)'*', 1);
        Bulk(output, name);
    }

    protected static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> argument)
    {
        Header(output, (byte)'*', 2);
        Bulk(output, name);
        Bulk(output, argument);
    }

    protected static void Write(IBufferWriter<byte> output, params ReadOnlySpan<string> words)
    {
        Header(output, (byte)'*', words.Length);
        foreach (var word in words)
            Bulk(output, Encoding.UTF8.GetBytes(word));
    }

    private static void Bulk(IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        Header(output, (byte)'$', value.Length);
        output.Write(value);
        output.Write("\r\n"u8);
    }

    private static void Header(IBufferWriter<byte> output, byte prefix, int count)
    {
        var span = output.GetSpan(16); // a prefix, ten digits, the line's end
        span[0] = prefix;
        count.TryFormat(span[1..], out var digits, default, CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        output.Advance(digits + 3);
    }
}

/// <summary>Takes part in the connection's greeting: <c>AUTH</c>, <c>CLIENT SETNAME</c>, and the node's own channels.</summary>
internal sealed class GreetingCommand(params string[] words) : LinkCommand
{
    private readonly TaskCompletionSource<string?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Redis's error, or null; faults when the link ends first.</summary>
    public Task<string?> Answer => _answer.Task;

    public override void Write(IBufferWriter<byte> output) => Write(output, words);

    public override void OnReply(string? error) => _answer.TrySetResult(error);

    public override void OnLost() => _answer.TrySetException(new LinkException("the connection ended during the greeting"));
}

/// <summary>Starts a channel's publications.</summary>
internal sealed class SubscribeCommand(SubscriptionTable table, Subscription subscription) : LinkCommand
{
    public override void Write(IBufferWriter<byte> output) => Write(output, "SUBSCRIBE"u8, subscription.Key);

    public override void OnReply(string? error)
    {
        if (error is null)
            subscription.Confirm();
        else
            table.Refuse(subscription, error);
    }
}

/// <summary>Ends a channel's publications. A lost link has ended them too.</summary>
internal sealed class UnsubscribeCommand(byte[] key) : LinkCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>No further publication of the channel comes.</summary>
    public Task Done => _done.Task;

    public override void Write(IBufferWriter<byte> output) => Write(output, "UNSUBSCRIBE"u8, key);

    public override void OnReply(string? error) => _done.TrySetResult();

    public override void OnLost() => _done.TrySetResult();
}

/// <summary>A mark in the order of things: it is answered after every command before it.</summary>
/// <param name="onReached">Runs on the link's reader when it is reached.</param>
internal sealed class BarrierCommand(Action? onReached = null) : LinkCommand
{
    private readonly TaskCompletionSource<bool> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the mark was reached; false when the link ended first.</summary>
    public Task<bool> Reached => _reached.Task;

    public override void Write(IBufferWriter<byte> output) => Write(output, "PING"u8);

    public override void OnReply(string? error)
    {
        onReached?.Invoke();
        _reached.TrySetResult(true);
    }

    public override void OnLost() => _reached.TrySetResult(false);
}
