using Gateway.Core.Buffers;

namespace Gateway.Core.Tests.Buffers;

public sealed class FreeListTests
{
    private readonly List<Item> _disposed = [];
    private readonly FreeList<Item> _free = new(maxKept: 10, bytesEach: 100);

    [Fact]
    public void Items_AboveTheBound_AreDisposed()
    {
        Keep(12);
        Assert.Equal((1000, 2), (_free.KeptBytes, _disposed.Count));
    }

    [Fact]
    public void Trim_DisposesAll()
    {
        Keep(7);
        _free.Trim();
        Assert.Equal((0, 7), (_free.KeptBytes, _disposed.Count));
        Assert.False(_free.TryTake(out _));
    }

    [Fact]
    public void TrimIdle_LeavesAsManyAsWereOutTogether()
    {
        Keep(10);
        _free.TrimIdle(); // they came since the last look
        Assert.Equal(1000, _free.KeptBytes);

        var out3 = Enumerable.Range(0, 3).Select(_ => _free.TryTake(out var item) ? item : null).ToArray();
        foreach (var item in out3)
            _free.Keep(item!);
        _free.TrimIdle();
        Assert.Equal((300, 7), (_free.KeptBytes, _disposed.Count));
        _free.TrimIdle();
        Assert.Equal((0, 10), (_free.KeptBytes, _disposed.Count));
    }

    private void Keep(int count)
    {
        for (var i = 0; i < count; i++)
            _free.Keep(new Item(_disposed));
    }

    private sealed class Item(List<Item> disposed) : IDisposable
    {
        public void Dispose() => disposed.Add(this);
    }
}
