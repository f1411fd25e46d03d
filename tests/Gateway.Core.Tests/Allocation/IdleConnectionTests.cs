using Gateway.Core.Connections;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Allocation;

/// <summary>An idle connection is one object of its own beside its transport's: what is asked about connections must cost it nothing.</summary>
public sealed class IdleConnectionTests
{
    // Whoever adds a field adds it for every client there is.
    private const int Bytes = 248;

    [Fact]
    public void Connection_New_IsOneObjectOfSoManyBytes()
    {
        using var harness = new ProtocolHarness();
        var transport = new RecordingTransport();
        Connection? connection = null;

        Assert.Equal(Bytes, Allocations.Least(5, () => connection = new Connection(transport, harness.Context)));

        Assert.NotNull(connection);
    }

    [Fact]
    public void Connection_OpenAndAskedAbout_HoldsNoQueueAndNoBuffer()
    {
        using var harness = new ProtocolHarness();
        var (connection, _) = harness.Open("/");

        Assert.Equal((0, MessageResult.Continue, 0L), (connection.CommandsInFlight, connection.Pause, connection.QueuedBytes));
        Assert.Null(connection.ReadKernelState());

        Assert.Equal((0, 0, 0), (harness.Context.Queues.Rented, harness.Context.Transport.Buffers.Rented, harness.Context.Transport.Blocks.Rented));
        Assert.Equal(0, harness.Context.Ended.Count);
    }
}
