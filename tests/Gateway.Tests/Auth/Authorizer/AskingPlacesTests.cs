using Gateway.Auth.Authorizer;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Auth.Authorizer;

public sealed class AskingPlacesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private AskingPlaces _places = null!;

    public void Dispose() => _places?.Dispose();

    [Fact]
    public async Task Take_WhilePlacesAreFree_IsAtOnce()
    {
        Create(places: 8, perAsker: 4, perConnection: 2);
        Assert.NotNull(await Taken("a", "1"));
        Assert.NotNull(await Taken("a", "1"));
        Assert.Equal(1, _places.Askers);
    }

    [Fact]
    public async Task Take_AboveAConnectionsShare_WaitsThoughPlacesAreFree()
    {
        Create(places: 8, perAsker: 4, perConnection: 1);
        var place = await Taken("a", "1");
        var second = _places.TakeAsync("a", "1").AsTask();
        Assert.False(second.IsCompleted);
        Assert.NotNull(await Taken("a", "2"));

        place!.Dispose();
        Assert.NotNull(await second);
    }

    [Fact]
    public async Task Take_AboveAnAskersShare_WaitsAndOthersDoNot()
    {
        Create(places: 4, perAsker: 2, perConnection: 2);
        await Taken("a", "1");
        await Taken("a", "2");
        var third = _places.TakeAsync("a", "3").AsTask();
        Assert.NotNull(await Taken("b", "1"));
        Assert.NotNull(await Taken("b", "1"));
        Assert.False(third.IsCompleted);
    }

    [Fact]
    public async Task Take_ADefaultShare_IsHalfForAnAskerAndAnEighthForAConnection()
    {
        Create(places: 64, perAsker: 0, perConnection: 0);
        var one = Enumerable.Range(0, 9).Select(_ => _places.TakeAsync("a", "1").AsTask()).ToArray();
        Assert.Equal(8, one.Count(asked => asked.IsCompleted));
        var more = Enumerable.Range(0, 64).Select(i => _places.TakeAsync("a", $"c{i}").AsTask()).ToArray();
        Assert.Equal(32 - 8, more.Count(asked => asked.IsCompleted));
        Assert.NotNull(await Taken("b", "1"));
    }

    [Fact]
    public async Task Release_WithALongQueueOfOne_ServesWhoeverElseWaitsNext()
    {
        Create(places: 1, perAsker: 1, perConnection: 1);
        var place = await Taken("flood", "1");
        var flood = Enumerable.Range(0, 100).Select(i => _places.TakeAsync("flood", $"{i % 10}").AsTask()).ToArray();
        var honest = _places.TakeAsync("honest", "1").AsTask();

        // The flood was not in the round while it had its share; then they take turns.
        place!.Dispose();
        (await honest)!.Dispose();
        Assert.Equal(1, flood.Count(asked => asked.IsCompleted));
        var again = _places.TakeAsync("honest", "1").AsTask();
        (await flood.First(asked => asked.IsCompleted))!.Dispose();
        Assert.NotNull(await again);
        Assert.Equal(1, flood.Count(asked => asked.IsCompleted));
    }

    [Fact]
    public async Task Release_WithinOneAsker_ConnectionsTakeTurns()
    {
        Create(places: 1, perAsker: 1, perConnection: 1);
        var place = await Taken("a", "loud");
        var loud = Enumerable.Range(0, 50).Select(_ => _places.TakeAsync("a", "loud").AsTask()).ToArray();
        var quiet = _places.TakeAsync("a", "quiet").AsTask();

        place!.Dispose();
        // The loud one was not in the round while it had its share: the quiet one is first.
        (await quiet)!.Dispose();
        Assert.NotNull(await loud[0]);
        Assert.False(loud[1].IsCompleted);
    }

    [Fact]
    public async Task Take_AQueueThatOneFills_LeavesRoomForTheOthers()
    {
        Create(places: 1, perAsker: 1, perConnection: 1, waiting: 100);
        await Taken("flood", "0");
        var refused = 0;
        for (var i = 0; i < 500; i++)
        {
            var asked = _places.TakeAsync("flood", $"{i % 50}").AsTask();
            if (asked.IsCompleted)
            {
                Assert.Null(await asked);
                refused++;
            }
        }

        Assert.Equal(50, _places.Waiting);
        Assert.Equal(450, refused);
        for (var i = 0; i < 20; i++)
            Assert.False(_places.TakeAsync($"honest {i}", "1").AsTask().IsCompleted);
    }

    [Fact]
    public async Task Take_AConnectionThatFillsItsAskersPart_LeavesRoomForItsNeighbours()
    {
        Create(places: 1, perAsker: 1, perConnection: 1, waiting: 100);
        await Taken("a", "loud");
        for (var i = 0; i < 500; i++)
            _ = _places.TakeAsync("a", "loud").AsTask();
        Assert.InRange(_places.Waiting, 20, 49);
        Assert.False(_places.TakeAsync("a", "quiet").AsTask().IsCompleted);
    }

    [Fact]
    public async Task Take_NoPlaceWithinThePatience_IsNull()
    {
        Create(places: 1, perAsker: 1, perConnection: 1);
        var place = await Taken("a", "1");
        var early = _places.TakeAsync("a", "2").AsTask();
        _time.Advance(Patience / 2);
        var late = _places.TakeAsync("b", "1").AsTask();
        _time.Advance(Patience / 2);
        Assert.Null(await early);
        Assert.False(late.IsCompleted);

        _time.Advance(Patience / 2);
        Assert.Null(await late);
        Assert.Equal(0, _places.Waiting);
        place!.Dispose();
        Assert.Equal(0, _places.Askers);
        Assert.NotNull(await Taken("b", "1"));
    }

    [Fact]
    public async Task Dispose_APlaceTwice_GivesItBackOnce()
    {
        Create(places: 1, perAsker: 1, perConnection: 1);
        var place = await Taken("a", "1");
        place!.Dispose();
        place.Dispose();
        Assert.NotNull(await Taken("a", "1"));
        Assert.False(_places.TakeAsync("b", "1").AsTask().IsCompleted);
    }

    /// <summary>Whatever comes in whatever order: no place is lost, none is given twice, shares hold, and nobody stays who has gone.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Take_InAnyOrder_KeepsItsBounds(int seed)
    {
        Create(places: 7, perAsker: 4, perConnection: 2, waiting: 60);
        var random = new Random(seed);
        var waiting = new List<(string Asker, string Connection, Task<IDisposable?> Task)>();
        var held = new List<(string Asker, string Connection, IDisposable Place)>();
        for (var step = 0; step < 5000; step++)
        {
            switch (random.Next(10))
            {
                case < 6:
                    var (asker, connection) = ($"a{random.Next(5)}", $"c{random.Next(4)}");
                    waiting.Add((asker, connection, _places.TakeAsync(asker, connection).AsTask()));
                    break;
                case < 9 when held.Count > 0:
                    var index = random.Next(held.Count);
                    held[index].Place.Dispose();
                    held.RemoveAt(index);
                    break;
                default:
                    _time.Advance(Patience / 5);
                    break;
            }

            foreach (var done in waiting.Where(asked => asked.Task.IsCompleted).ToList())
            {
                waiting.Remove(done);
                if (await done.Task is { } place)
                    held.Add((done.Asker, done.Connection, place));
            }

            Assert.InRange(held.Count, 0, 7);
            Assert.All(held.GroupBy(one => one.Asker), group => Assert.InRange(group.Count(), 1, 4));
            Assert.All(held.GroupBy(one => (one.Asker, one.Connection)), group => Assert.InRange(group.Count(), 1, 2));
            Assert.Equal(waiting.Count, _places.Waiting);
            // Whoever waits while a place is free has its share, or its asker has.
            Assert.True(held.Count == 7 || waiting.TrueForAll(asked =>
                held.Count(one => one.Asker == asked.Asker) == 4 || held.Count(one => (one.Asker, one.Connection) == (asked.Asker, asked.Connection)) == 2));
        }

        _time.Advance(Patience);
        held.ForEach(one => one.Place.Dispose());
        Assert.Equal((0, 0), (_places.Waiting, _places.Askers));
    }

    private void Create(int places, int perAsker, int perConnection, int waiting = 1000) => _places = new AskingPlaces(
        new AuthorizerOptions { MaxConcurrent = places, MaxConcurrentPerAsker = perAsker, MaxConcurrentPerConnection = perConnection, MaxWaiting = waiting, MaxWait = Patience },
        _time);

    private async Task<IDisposable?> Taken(string asker, string connection)
    {
        var taken = _places.TakeAsync(asker, connection).AsTask();
        Assert.True(taken.IsCompleted);
        return await taken;
    }
}
