using System.Text;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Integration.Brokers;

/// <summary>Nodes' brokers on one bus, for the contracts of their parts.</summary>
public abstract class BrokerTests : IAsyncLifetime
{
    private readonly List<IBroker> _brokers = [];

    protected static CancellationToken None => CancellationToken.None;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers)
            await broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A broker of one more node on the same bus.</summary>
    protected abstract IBroker Create(string node);

    protected async Task<(IBroker Broker, RecordingSink Sink)> NodeAsync()
    {
        var name = $"node-{_brokers.Count}-{Guid.NewGuid():N}";
        var broker = Create(name);
        _brokers.Add(broker);
        var sink = new RecordingSink(name);
        await broker.StartAsync(sink, None);
        await Fixtures.Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
        return (broker, sink);
    }

    protected static ChannelName Name(string text) => ChannelName.Parse(text);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static (string Channel, string Payload) Text((string Channel, byte[] Payload) publication) =>
        (publication.Channel, Encoding.UTF8.GetString(publication.Payload));
}
