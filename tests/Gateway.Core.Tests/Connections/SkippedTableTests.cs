using Gateway.Core.Connections;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Connections;

public sealed class SkippedTableTests : IDisposable
{
    private readonly ProtocolHarness _harness = new();
    private readonly SkippedTable _table = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Table_FromManyThreads_HasEachConnectionOnceAndThenNone()
    {
        var connections = Enumerable.Range(0, 2000).Select(_ => new Connection(new RecordingTransport(), _harness.Context)).ToArray();
        Assert.True(_table.IsEmpty);
        Assert.Null(_table.Find(connections[0]));

        Parallel.ForEach(connections, connection =>
        {
            var skipped = _table.Of(connection);
            Assert.Same(skipped, _table.Of(connection));
            Assert.Same(skipped, _table.Find(connection));
        });
        Assert.Equal(2000, _table.Count);

        Parallel.ForEach(connections, connection =>
        {
            _table.Remove(connection);
            _table.Remove(connection);
            Assert.Null(_table.Find(connection));
        });
        Assert.Equal((0, true), (_table.Count, _table.IsEmpty));
    }
}
