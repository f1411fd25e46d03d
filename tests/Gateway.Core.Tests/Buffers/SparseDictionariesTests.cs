using Gateway.Core.Buffers;

namespace Gateway.Core.Tests.Buffers;

public sealed class SparseDictionariesTests
{
    [Fact]
    public void Dictionary_FilledAndEmptied_KeepsNoMoreThanASmallOne()
    {
        var dictionary = Enumerable.Range(0, 10_000).ToDictionary(i => i);
        var copies = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var before = dictionary.Capacity;
            dictionary.Remove(i);
            dictionary.ShrinkIfSparse();
            copies += dictionary.Capacity < before ? 1 : 0;
            Assert.Equal(9_999 - i, dictionary.Count);
            Assert.True(dictionary.Capacity <= Math.Max(100, (dictionary.Count + 1) * 5), $"{dictionary.Capacity} places for {dictionary.Count}");
        }

        Assert.InRange(copies, 1, 20); // halved again and again, not with each removal
        Assert.InRange(dictionary.Capacity, 0, 100);
    }

    [Fact]
    public void Dictionary_Shrunk_StillHasWhatIsLeft()
    {
        var dictionary = Enumerable.Range(0, 1000).ToDictionary(i => i);
        for (var i = 0; i < 1000; i++)
        {
            if (i % 10 == 3)
                continue;
            dictionary.Remove(i);
            dictionary.ShrinkIfSparse();
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (i * 10) + 3), dictionary.Keys.Order());
    }

    [Fact]
    public void Set_FilledAndEmptied_KeepsNoMoreThanASmallOne()
    {
        var set = Enumerable.Range(0, 10_000).ToHashSet();
        for (var i = 1; i < 10_000; i++)
        {
            set.Remove(i);
            set.ShrinkIfSparse();
        }

        Assert.Equal([0], set);
        Assert.InRange(set.Capacity, 1, 100);
    }
}
