using Gateway.Auth.Authorizer;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Auth.Authorizer;

public sealed class FairTableTests
{
    private const int Entry = FairTable<int, string>.EntryBytes;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _forgotten = [];

    [Fact]
    public void Get_WithinItsTime_IsThereAndThenNoMore()
    {
        var table = Create(100);
        Set(table, "a", 1);
        Assert.True(table.TryGet(1, out var value));
        Assert.Equal("1", value);
        _time.Advance(Life);
        Assert.False(table.TryGet(1, out _));
        Assert.Equal(1, table.Count);
        table.Prune();
        Assert.Equal((0, 0), (table.Count, table.Bytes));
        Assert.Empty(_forgotten);
    }

    [Fact]
    public void Set_WithoutEndByOne_PushesOutItsOwnAlone()
    {
        var table = Create(100);
        for (var i = 0; i < 10; i++)
            Set(table, "honest", i);
        for (var i = 1000; i < 100_000; i++)
            Set(table, "flood", i);

        Assert.All(Enumerable.Range(0, 10), i => Assert.True(table.TryGet(i, out _)));
        Assert.True(table.TryGet(99_999, out _));
        Assert.InRange(table.Bytes, 0, 100 * Entry);
        Assert.Equal(10 + 45, table.Count);
        // Room stays for who comes next.
        Set(table, "other", 10);
        Assert.All(Enumerable.Range(0, 11), i => Assert.True(table.TryGet(i, out _)));
    }

    [Fact]
    public void Set_AboveItsShare_ForgetsTheOldestThatWasNotUsed()
    {
        var table = Create(20);
        for (var i = 0; i < 10; i++)
            Set(table, "a", i);
        Assert.True(table.TryGet(0, out _));
        Set(table, "a", 10);
        Assert.Equal([1], _forgotten);
        Assert.True(table.TryGet(0, out _));
    }

    [Fact]
    public void Set_ByMoreThanFit_ForgetsTheOldestOfAll()
    {
        var table = Create(10);
        for (var i = 0; i < 100; i++)
            Set(table, $"holder {i}", i);
        Assert.InRange(table.Bytes, 0, 10 * Entry);
        Assert.True(table.TryGet(99, out _));
        Assert.Equal(Enumerable.Range(0, _forgotten.Count), _forgotten);
    }

    [Fact]
    public void Set_LongTexts_CountForWhatTheyAre()
    {
        var table = Create(100);
        for (var i = 0; i < 100; i++)
            table.Set("a", i, "", _time.GetUtcNow() + Life, characters: Entry / 2);
        Assert.Equal(25, table.Count);
        table.Set("a", 1000, "", _time.GetUtcNow() + Life, characters: 100 * Entry);
        Assert.False(table.TryGet(1000, out _));
        Assert.Contains(1000, _forgotten);
    }

    [Fact]
    public void Set_AKeyAgain_ReplacesItAndItsHolder()
    {
        var table = Create(100);
        Set(table, "a", 1);
        table.Set("b", 1, "new", _time.GetUtcNow() + Life, 0);
        Assert.True(table.TryGet(1, out var value));
        Assert.Equal("new", value);
        Assert.Equal((1, Entry), (table.Count, table.Bytes));
        table.Remove(1);
        table.Remove(1);
        Assert.Equal((0, 0), (table.Count, table.Bytes));
        Assert.Empty(_forgotten);
    }

    private FairTable<int, string> Create(int entries) => new(entries * Entry, _time, entry => _forgotten.Add(entry.Key));

    private void Set(FairTable<int, string> table, string holder, int key) => table.Set(holder, key, $"{key}", _time.GetUtcNow() + Life, 0);
}
