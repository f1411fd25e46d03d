using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>A broker that tells of the nodes that a test wants, and relays nothing.</summary>
internal sealed class AnnouncedBroker(Func<IReadOnlyList<NodeAnnouncement>> nodes) : IBroker, INodeBus, IKeptRecords
{
    /// <summary>What reading throws; null: nothing.</summary>
    public Exception? Fault { get; set; }

    public string Name => "announced";

    public BrokerStatus Status => new(Connected: true, Ready: true, "announced");

    public Task StartAsync(IBrokerSink sink, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask SubscribeAsync(ChannelName channel, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask UnsubscribeAsync(ChannelName channel, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Envelopes that were sent to all nodes.</summary>
    public List<byte[]> Envelopes { get; } = [];

    /// <summary>Called with each; may throw.</summary>
    public Action<byte[]> Sending { get; set; } = static _ => { };

    /// <summary>Answers that were sent to one.</summary>
    public List<(string Node, byte[] Json)> Replies { get; } = [];

    public INodeBus Bus => this;

    public IKeptRecords Announcements => this;

    public IKeptRecords Revocations { get; } = new InProcessRecords(TimeProvider.System);

    public ValueTask SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        lock (Envelopes)
            Envelopes.Add(json.ToArray());
        Sending(json.ToArray());
        return ValueTask.CompletedTask;
    }

    public ValueTask ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        lock (Replies)
            Replies.Add((node, json.ToArray()));
        return ValueTask.CompletedTask;
    }

    /// <summary>What was last announced, and for how long; null: nothing was.</summary>
    public (NodeAnnouncement? Announcement, TimeSpan Expiry) Announced { get; private set; }

    /// <summary>What stands under the node's own name.</summary>
    public byte[]? Standing { get; set; }

    public ValueTask<byte[]?> KeepAsync(string name, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var before = Standing;
        Standing = json.ToArray();
        Announced = (NodeAnnouncement.TryParse(json.Span), expiry);
        return new(before);
    }

    public ValueTask<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken) =>
        Fault is { } fault ? throw fault : new([.. nodes().Select(node => node.ToJson())]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
