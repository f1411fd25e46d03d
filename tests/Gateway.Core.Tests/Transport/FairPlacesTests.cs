using Gateway.Core.Addresses;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

/// <summary>No address has all of the places, and whoever waits is served in turn.</summary>
public sealed class FairPlacesTests
{
    private static readonly AddressKey A = new(IsV4: true, 1), B = new(IsV4: true, 2), C = new(IsV4: true, 3);

    private readonly Dictionary<string, FairPlaces<string>.Place> _places = [];

    [Fact]
    public void Places_OfOneAddress_EndAtItsShare()
    {
        var places = new FairPlaces<string>(maximum: 4, share: 2);

        Assert.True(Take(places, "a1", A));
        Assert.True(Take(places, "a2", A));
        Assert.False(Take(places, "a3", A));
        Assert.True(Take(places, "b1", B));
        Assert.False(places.TryGive(out _));
        Assert.Equal((3, 1), (places.Taken, places.Waiting));
    }

    [Fact]
    public void Places_WithoutAnAddressOrAShare_EndAtTheMaximum()
    {
        var proxied = new FairPlaces<string>(maximum: 3, share: 1);
        var unshared = new FairPlaces<string>(maximum: 3, share: 0);
        foreach (var name in (string[])["1", "2", "3"])
        {
            Assert.True(Take(proxied, "p" + name, null));
            Assert.True(Take(unshared, "u" + name, A));
        }

        Assert.False(Take(proxied, "p4", null));
        Assert.False(Take(unshared, "u4", A));
    }

    [Fact]
    public void FreePlace_WithSeveralAddressesWaiting_GoesToEachInTurnAndItsFirstToCome()
    {
        var places = new FairPlaces<string>(maximum: 2, share: 0);
        Take(places, "first", C);
        Take(places, "second", C);
        foreach (var (name, address) in ((string, AddressKey)[])[("a1", A), ("a2", A), ("a3", A), ("b1", B), ("a4", A)])
            Assert.False(Take(places, name, address));

        List<string> served = [];
        for (var leaves = "first"; served.Count < 5; leaves = served[^1])
        {
            places.Leave(_places[leaves]);
            Assert.True(places.TryGive(out var next));
            served.Add(next);
        }

        Assert.Equal(["a1", "b1", "a2", "a3", "a4"], served);
    }

    [Fact]
    public void FreePlace_WithTheFirstOfAnAddressLate_GoesToItsLast()
    {
        var places = new FairPlaces<string>(maximum: 1, share: 0, isLate: name => name == "a2");
        foreach (var name in (string[])["in", "a1", "a2", "a3", "a4"])
            Take(places, name, A);

        List<string> served = [];
        for (var leaves = "in"; served.Count < 4; leaves = served[^1])
        {
            places.Leave(_places[leaves]);
            Assert.True(places.TryGive(out var next));
            served.Add(next);
        }

        Assert.Equal(["a1", "a4", "a3", "a2"], served);
    }

    [Fact]
    public void FreePlace_OfAnAddressAtItsShare_GoesToItsOwn()
    {
        var places = new FairPlaces<string>(maximum: 4, share: 1);
        Take(places, "a1", A);
        Take(places, "a2", A);
        Assert.False(places.TryGive(out _));

        places.Leave(_places["a1"]);

        Assert.True(places.TryGive(out var next));
        Assert.Equal("a2", next);
    }

    [Fact]
    public void Leave_OfOneThatWaitsOrHasLeft_ChangesNobodysPlace()
    {
        var places = new FairPlaces<string>(maximum: 1, share: 0);
        Take(places, "a", A);
        Take(places, "b", B);
        places.Leave(new FairPlaces<string>.Place("never asked"));

        places.Leave(_places["b"]);
        places.Leave(_places["b"]);

        Assert.Equal((1, 0), (places.Taken, places.Waiting));
        Assert.False(places.TryGive(out _));
        places.Leave(_places["a"]);
        Assert.False(places.TryGive(out _));
        Assert.Equal((0, 0), (places.Taken, places.Waiting));
    }

    [Fact]
    public void Displaced_WhileNobodyWaits_IsNobody()
    {
        var places = new FairPlaces<string>(maximum: 1, share: 0);
        Take(places, "a", A);

        Assert.Empty(places.Displaced((_, _) => true));
    }

    [Fact]
    public void Displaced_AllPlacesTaken_AreTheOldestOfTheAddressWithTheMost()
    {
        var places = new FairPlaces<string>(maximum: 4, share: 0);
        foreach (var (name, address) in ((string, AddressKey)[])[("b1", B), ("a1", A), ("a2", A), ("a3", A), ("c1", C)])
            Take(places, name, address);

        Assert.Equal(["a1"], places.Displaced((_, _) => true));
        Assert.Equal(["a2"], places.Displaced((name, _) => name != "a1"));
        Assert.Empty(places.Displaced((_, _) => false));
    }

    [Fact]
    public void Displaced_TheMoreWait_HaveTheLessTimeAndAreTheMore()
    {
        var places = new FairPlaces<string>(maximum: 8, share: 0);
        for (var i = 0; i < 9; i++)
            Take(places, $"{i}", A);
        List<double> times = [];

        Assert.Equal(["0"], places.Displaced((_, time) => Note(time)));
        for (var i = 9; i < 32; i++)
            Take(places, $"{i}", A);
        Assert.Equal(["0", "1", "2", "3"], places.Displaced((_, time) => Note(time)));

        Assert.Equal([8.0 / 9, 0.25, 0.25, 0.25, 0.25], times);

        bool Note(double time)
        {
            times.Add(time);
            return true;
        }
    }

    [Fact]
    public void Displaced_AnAddressAtItsShare_AreItsOwnOnly()
    {
        var places = new FairPlaces<string>(maximum: 8, share: 2);
        foreach (var (name, address) in ((string, AddressKey)[])[("b1", B), ("a1", A), ("a2", A), ("a3", A)])
            Take(places, name, address);

        Assert.Equal(["a1"], places.Displaced((_, _) => true));
    }

    [Fact]
    public void Places_TakenAndLeftByManyThreads_AreNeverTooManyAndAllComeBack()
    {
        var places = new FairPlaces<string>(maximum: 8, share: 3);
        var most = 0;

        Parallel.For(0, 20_000, i =>
        {
            var place = new FairPlaces<string>.Place("x");
            places.TryTake(place, new AddressKey(IsV4: true, (ulong)(i % 5)));
            InterlockedMax(ref most, places.Taken);
            places.Leave(place);
        });

        Assert.InRange(most, 1, 8);
        Assert.Equal((0, 0), (places.Taken, places.Waiting));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
            seen = Interlocked.CompareExchange(ref most, value, seen);
    }

    private bool Take(FairPlaces<string> places, string name, AddressKey? address) =>
        places.TryTake(_places[name] = new FairPlaces<string>.Place(name), address);
}
