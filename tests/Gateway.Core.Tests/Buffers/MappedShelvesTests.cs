using Gateway.Core.Buffers;

namespace Gateway.Core.Tests.Buffers;

public sealed class MappedShelvesTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    private readonly MappedShelves _shelves = new();

    public void Dispose() => _shelves.Trim();

    [Theory]
    [InlineData(1, 16 * 1024)]
    [InlineData(16 * 1024, 16 * 1024)]
    [InlineData((16 * 1024) + 1, 32 * 1024)]
    [InlineData(Megabyte, Megabyte)]
    [InlineData(3_000_000, 4 * Megabyte)]
    public void Memory_OfASize_IsTheNextPowerOfTwoAndComesAgain(int minimum, int length)
    {
        var memory = _shelves.TryRent(minimum)!;
        Assert.Equal(length, memory.Length);
        Assert.Equal(0, _shelves.KeptBytes);

        _shelves.Return(memory);
        Assert.Equal(length, _shelves.KeptBytes);
        Assert.Same(memory, _shelves.TryRent(minimum));
        Assert.Equal(0, _shelves.KeptBytes);
        _shelves.Return(memory);
    }

    [Fact]
    public void Memory_AboveTheLargestSize_IsAsLongAsAskedForAndNotKept()
    {
        var memory = _shelves.TryRent((4 * Megabyte) + 1)!;
        Assert.Equal((4 * Megabyte) + 1, memory.Length);
        memory.Span.Fill(7);
        _shelves.Return(memory);
        Assert.Equal(0, _shelves.KeptBytes);
    }

    [Fact]
    public void Memory_IsWrittenToItsLastByteAndIsNobodyElses()
    {
        var rented = Enumerable.Range(0, 20).Select(number => _shelves.TryRent((number + 1) * 100_000)!).ToArray();
        for (byte number = 0; number < rented.Length; number++)
            rented[number].Span.Fill(number);
        for (byte number = 0; number < rented.Length; number++)
            Assert.Equal(-1, rented[number].Span.IndexOfAnyExcept(number));
        foreach (var memory in rented)
            _shelves.Return(memory);
    }

    [Fact]
    public void Memory_ReturnedInQuantity_IsKeptUpToTheBound()
    {
        var rented = Enumerable.Range(0, 40).Select(_ => _shelves.TryRent(Megabyte)!).ToArray();
        foreach (var memory in rented)
            _shelves.Return(memory);
        Assert.Equal(16 * Megabyte, _shelves.KeptBytes);

        _shelves.Trim();
        Assert.Equal(0, _shelves.KeptBytes);
    }

    [Fact]
    public void Memory_ThatNobodyHasNeededSinceTheLastLook_Goes()
    {
        MappedBytes[] rented = [_shelves.TryRent(Megabyte)!, _shelves.TryRent(Megabyte)!, _shelves.TryRent(Megabyte)!];
        foreach (var memory in rented)
            _shelves.Return(memory);
        _shelves.TrimIdle();
        Assert.Equal(3 * Megabyte, _shelves.KeptBytes);

        _shelves.Return(_shelves.TryRent(Megabyte)!);
        _shelves.TrimIdle();
        Assert.Equal(Megabyte, _shelves.KeptBytes);
        _shelves.TrimIdle();
        Assert.Equal(0, _shelves.KeptBytes);
    }
}
