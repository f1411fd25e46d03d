using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace Gateway.Redis;

/// <summary>
/// One connection to Redis that only subscribes. A reader hands messages to the receiver and answers to the commands that wait for
/// them; a writer sends what waits in one write. Its life: start, commands and messages, one loss, the end of both loops.
/// </summary>
internal sealed partial class SubscriberLink
{
    /// <summary>Commands that may wait for the writer. A link that is so far behind is as good as dead; the table keeps what matters.</summary>
    private const int MaxWaiting = 1 << 20;

    private readonly Stream _stream;
    private readonly ILinkReceiver _receiver;
    private readonly TimeProvider _time;
    private readonly Channel<LinkCommand> _waiting = Channel.CreateBounded<LinkCommand>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Sent, not answered; written by the writer, taken by the reader.</summary>
    private readonly ConcurrentQueue<LinkCommand> _unanswered = new();

    private long _lastReceived; // a timestamp of _time
    private string? _loss;

    public SubscriberLink(Stream stream, EndPoint endPoint, ILinkReceiver receiver, TimeProvider time)
    {
        _stream = stream;
        EndPoint = endPoint;
        _receiver = receiver;
        _time = time;
        _lastReceived = time.GetTimestamp();
    }

    /// <summary>The Redis at the other end.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>When anything came last, a timestamp of the node's clock.</summary>
    public long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>Both loops have ended and every command has had its answer or its loss; the result says why the link ended.</summary>
    public Task<string> Completion { get; private set; } = Task.FromResult("never started");

    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>Queues a command; one that comes too late is told so at once.</summary>
    public void Send(LinkCommand command)
    {
        if (_waiting.Writer.TryWrite(command))
            return;
        Abort("commands pile up");
        command.OnLost();
    }

    /// <summary>Ends the link. The first reason counts.</summary>
    public void Abort(string reason)
    {
        if (Interlocked.CompareExchange(ref _loss, reason, null) is not null)
            return;
        _waiting.Writer.TryComplete();
        _stream.Dispose();
    }

    private async Task<string> RunAsync()
    {
        await Task.WhenAll(ReceiveAsync(), SendAsync());
        while (_unanswered.TryDequeue(out var command))
            command.OnLost();
        while (_waiting.Reader.TryRead(out var command))
            command.OnLost();
        return _loss!;
    }

    /// <summary>
    /// What follows an operation on the socket may run on the socket engine's own thread (inline completions), where it would delay
    /// every client's socket. Not needed after one that had completed at once.
    /// </summary>
    private static System.Runtime.CompilerServices.ConfiguredTaskAwaitable LeaveSocketThread() =>
        Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
