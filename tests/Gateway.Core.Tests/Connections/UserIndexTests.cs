using Gateway.Core.Connections;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Connections;

/// <summary>Places of a user.</summary>
public sealed class UserIndexTests : IDisposable
{
    private readonly ProtocolHarness _harness = new();
    private readonly UserIndex _index = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryAdd_AboveTheMaximum_AddsNothing(int most)
    {
        var connections = Connections(most + 2);
        for (var i = 0; i < connections.Length; i++)
            Assert.Equal(i < most, _index.TryAdd("u1", connections[i], most));

        Assert.Equal(connections[..most].ToHashSet(), _index.Of("u1").ToHashSet());
        Assert.True(_index.TryAdd("u2", connections[^1], most)); // another user's places are its own
        Assert.Equal(2, _index.Count);
    }

    [Fact]
    public void TryAdd_WithoutAMaximum_TakesAnyNumber()
    {
        Assert.All(Connections(100), connection => Assert.True(_index.TryAdd("u1", connection, most: 0)));

        Assert.Equal((100, 1), (_index.Of("u1").Length, _index.Count));
    }

    [Fact]
    public void Places_OfUsersThatHaveGone_GoWhenTheyAreTrimmedAndOthersStay()
    {
        var connection = Connections(1)[0];
        for (var i = 0; i < 20_000; i++)
            Assert.True(_index.TryAdd("u" + i, connection, most: 0));
        for (var i = 100; i < 20_000; i++)
            _index.Remove("u" + i, connection);
        Assert.InRange(_index.KeptBytes, 300_000, 2_000_000);

        _index.Trim();

        Assert.InRange(_index.KeptBytes, 0, ConnectionRegistry.Stripes * 20 * 28);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal([connection], _index.Of("u" + i)));
    }

    [Fact]
    public void Remove_GivesOnePlaceBack_AlsoWhenCalledTwice()
    {
        var connections = Connections(4);
        Assert.True(_index.TryAdd("u1", connections[0], most: 2));
        Assert.True(_index.TryAdd("u1", connections[1], most: 2));

        _index.Remove("u1", connections[0]);
        _index.Remove("u1", connections[0]);

        Assert.True(_index.TryAdd("u1", connections[2], most: 2));
        Assert.False(_index.TryAdd("u1", connections[3], most: 2));
        _index.Remove("u1", connections[1]);
        _index.Remove("u1", connections[2]);
        _index.Remove("u1", connections[2]);
        Assert.Equal((0, 0), (_index.Of("u1").Length, _index.Count));
    }

    [Fact]
    public void TryAdd_FromManyThreads_GivesEachPlaceOnce()
    {
        var connections = Connections(8);
        for (var round = 0; round < 2000; round++)
        {
            var (most, taken) = ((round % 3) + 1, 0);
            using var start = new Barrier(2);
            Parallel.Invoke(() => Take(connections[..4]), () => Take(connections[4..]));
            Assert.Equal((most, most), (taken, _index.Of("u1").Length));
            foreach (var connection in connections)
                _index.Remove("u1", connection);

            void Take(Connection[] own)
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                foreach (var connection in own)
                {
                    if (_index.TryAdd("u1", connection, most))
                        Interlocked.Increment(ref taken);
                }
            }
        }

        Assert.Equal(0, _index.Count);
    }

    private Connection[] Connections(int count) => [.. Enumerable.Range(0, count).Select(_ => _harness.Open().Connection)];
}
