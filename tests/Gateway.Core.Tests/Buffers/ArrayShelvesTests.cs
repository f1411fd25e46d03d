using Gateway.Core.Buffers;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Buffers;

public sealed class ArrayShelvesTests
{
    private readonly ArrayShelves _arrays = new();

    [Theory]
    [InlineData(0, 16)]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(2048, 2048)]
    [InlineData(2049, 4096)]
    [InlineData(64 * 1024, 64 * 1024)]
    [InlineData((64 * 1024) + 1, 128 * 1024)]
    [InlineData(3_000_000, 4 * 1024 * 1024)]
    public void Array_OfASize_IsTheNextPowerOfTwoAndComesAgain(int minimum, int length)
    {
        var array = _arrays.Rent(minimum);
        Assert.Equal(length, array.Length);
        Assert.Equal(0, _arrays.KeptBytes);

        _arrays.Return(array);
        Assert.Equal(length, _arrays.KeptBytes);
        Assert.Same(array, _arrays.Rent(minimum));
        Assert.Equal(0, _arrays.KeptBytes);
    }

    [Fact]
    public void Array_AboveTheLargestSize_IsNotKept()
    {
        var array = _arrays.Rent((4 * 1024 * 1024) + 1);
        Assert.Equal(8 * 1024 * 1024, array.Length);
        _arrays.Return(array);
        Assert.Equal(0, _arrays.KeptBytes);
    }

    [Fact]
    public void Arrays_RentedTogether_AreEachAnotherOne()
    {
        for (var round = 0; round < 3; round++)
        {
            var rented = Enumerable.Range(0, 100).Select(i => _arrays.Rent(100 << (i % 12))).ToArray();
            Assert.Equal(rented.Length, rented.Distinct().Count());
            foreach (var array in rented)
                _arrays.Return(array);
        }
    }

    [Fact]
    public void Arrays_ReturnedInTheThousands_AreKeptUpToTheBound()
    {
        foreach (var length in (ReadOnlySpan<int>)[2048, 1024 * 1024])
        {
            var rented = Enumerable.Range(0, 40 * 1024 * 1024 / length).Select(_ => _arrays.Rent(length)).ToArray();
            foreach (var array in rented)
                _arrays.Return(array);
        }

        // 8 MB of small ones and one on the thread's shelf, and 16 MB of large ones, which have left the small ones alone.
        Assert.Equal((24 * 1024 * 1024) + 2048, _arrays.KeptBytes);
    }

    [Fact]
    public void Arrays_NobodyNeeded_GoAtTheSecondLook()
    {
        var rented = Enumerable.Range(0, 10).Select(_ => _arrays.Rent(128 * 1024)).ToArray();
        foreach (var array in rented)
            _arrays.Return(array);

        _arrays.TrimIdle(); // they came since the last look
        Assert.Equal(10 * 128 * 1024, _arrays.KeptBytes);
        var (one, other) = (_arrays.Rent(128 * 1024), _arrays.Rent(128 * 1024));
        _arrays.Return(one);
        _arrays.Return(other);
        _arrays.TrimIdle();
        Assert.Equal(2 * 128 * 1024, _arrays.KeptBytes); // as many as were out together
        _arrays.TrimIdle();
        Assert.Equal(0, _arrays.KeptBytes);
    }

    /// <summary>A node that was short of memory between two looks: what the first has counted is gone.</summary>
    [Theory]
    [InlineData(2048)]
    [InlineData(128 * 1024)]
    public void TrimIdle_BehindATrim_FindsNothing(int length)
    {
        byte[][] rented = [_arrays.Rent(length), _arrays.Rent(length), _arrays.Rent(length)];
        foreach (var array in rented)
            _arrays.Return(array);
        _arrays.TrimIdle();
        _arrays.Trim();

        _arrays.TrimIdle();

        Assert.Equal(0, _arrays.KeptBytes);
    }

    [Fact]
    public void Shelves_OfOtherThreads_AreCountedAndEmptied()
    {
        using var threads = new OtherThreads(3);
        threads.Each(_ => _arrays.Return(_arrays.Rent(4096)));
        Assert.Equal(3 * 4096, _arrays.KeptBytes);

        _arrays.Trim();
        Assert.Equal(0, _arrays.KeptBytes);
    }

    [Fact]
    public void Trim_WhileOthersRent_NeverHandsAnArrayOutTwice()
    {
        using var threads = new OtherThreads(4);
        threads.Each(index =>
        {
            var random = new Random(index);
            for (var i = 0; i < 20_000; i++)
            {
                if (index == 0)
                {
                    if (i % 10 == 0)
                        _arrays.Trim();
                    continue;
                }

                var length = 16 << random.Next(14);
                var (one, other) = (_arrays.Rent(length), _arrays.Rent(length));
                (one[0], other[0]) = ((byte)index, (byte)~index);
                if (i % 16 == 0)
                    Thread.Yield();
                if (one[0] != (byte)index || other[0] != (byte)~index)
                    throw new InvalidOperationException("An array was handed out twice.");
                _arrays.Return(one);
                _arrays.Return(other);
            }
        });
    }
}
