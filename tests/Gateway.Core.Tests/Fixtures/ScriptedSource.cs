using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateway.Core.Channels;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>A broker's side of the directory that confirms when a test says so, and notices two operations at once on a channel.</summary>
internal sealed class ScriptedSource : IChannelSource
{
    private readonly Channel<SourceOperation> _asked = Channel.CreateUnbounded<SourceOperation>();
    private readonly ConcurrentDictionary<ChannelName, int> _inFlight = new(ChannelNameComparer.Instance);

    /// <summary>What becomes of an operation; null: the test takes it from <see cref="AskedAsync"/> and decides.</summary>
    public Func<SourceOperation, ValueTask<bool>>? Script { get; set; }

    /// <summary>All operations so far, as <c>+news</c> and <c>-news</c>.</summary>
    public ConcurrentQueue<string> Operations { get; } = new();

    /// <summary>Channels on which two operations were in flight at once.</summary>
    public ConcurrentQueue<string> Overlaps { get; } = new();

    public async ValueTask<bool> TrySubscribeAsync(ChannelName channel) => await RunAsync(new SourceOperation(channel, isSubscribe: true));

    public async ValueTask UnsubscribeAsync(ChannelName channel) => await RunAsync(new SourceOperation(channel, isSubscribe: false));

    /// <summary>The next operation that waits for the test's decision.</summary>
    public async Task<SourceOperation> AskedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _asked.Reader.ReadAsync(patience.Token);
    }

    private async ValueTask<bool> RunAsync(SourceOperation operation)
    {
        if (_inFlight.AddOrUpdate(operation.Channel, 1, static (_, count) => count + 1) > 1)
            Overlaps.Enqueue(operation.Channel.Text);
        Operations.Enqueue(operation.ToString());
        bool result;
        if (Script is { } script)
        {
            result = await script(operation);
        }
        else
        {
            await _asked.Writer.WriteAsync(operation);
            result = await operation.Decision;
        }

        _inFlight.AddOrUpdate(operation.Channel, 0, static (_, count) => count - 1);
        return result;
    }
}

/// <summary>Something the directory asked.</summary>
internal sealed class SourceOperation(ChannelName channel, bool isSubscribe)
{
    private readonly TaskCompletionSource<bool> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelName Channel { get; } = channel;

    public bool IsSubscribe { get; } = isSubscribe;

    public Task<bool> Decision => _decision.Task;

    public void Confirm() => _decision.SetResult(true);

    public void Fail() => _decision.SetResult(false);

    public override string ToString() => (IsSubscribe ? "+" : "-") + Channel.Text;
}
