using Gateway.Core.Brokers;

namespace Gateway.Integration.Brokers;

public sealed class InProcessBrokerTests : BrokerContract
{
    private readonly InProcessBus _bus = new();

    [Fact]
    public async Task Dispose_OfOneNode_LeavesTheOthers()
    {
        var (first, firstSink) = await NodeAsync();
        var (second, secondSink) = await NodeAsync();
        await first.SubscribeAsync(Name("news"), CancellationToken.None);
        await second.SubscribeAsync(Name("news"), CancellationToken.None);

        await first.DisposeAsync();
        await second.PublishAsync(Name("news"), Bytes("hello"), CancellationToken.None);

        await secondSink.PublicationAsync("hello");
        Assert.Empty(firstSink.Publications);
    }

    protected override IBroker Create(string node) => new InProcessBroker(_bus);
}

public sealed class InProcessNodeBusTests : NodeBusContract
{
    private readonly InProcessBus _bus = new();

    protected override IBroker Create(string node) => new InProcessBroker(_bus);
}

public sealed class InProcessRecordsTests : KeptRecordsContract
{
    private readonly InProcessBus _bus = new();

    protected override IBroker Create(string node) => new InProcessBroker(_bus);
}
