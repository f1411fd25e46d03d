using Gateway.Core.Buffers;

namespace Gateway.Core.Tests.Buffers;

public sealed class BufferPoolTests
{
    private readonly BufferPool _buffers = new();

    [Theory]
    [InlineData(1, true)]
    [InlineData(MappedShelves.LeastBytes - 1, true)]
    [InlineData(MappedShelves.LeastBytes, false)]
    [InlineData(1024 * 1024, false)]
    [InlineData(5_000_000, false)]
    public void MessageBytes_AreCountedForAsLongAsTheyAreLent_InTheCollectorsHeapOnlyWhenSmall(int length, bool isArray)
    {
        Assert.True(_buffers.TryRentForMessage(length, out var bytes));
        Assert.Equal((isArray, !isArray, false), (bytes.Array is not null, bytes.Mapped is not null, bytes.IsNone));
        Assert.InRange(bytes.Length, length, 2 * length + 16);
        Assert.Equal((1, bytes.Length), (_buffers.Rented, _buffers.Account.Bytes));

        bytes.AsSpan().Fill(9);
        Assert.Equal(9, bytes.AsSpan(bytes.Length - 1)[0]);
        Assert.Equal(3, bytes.AsSpan(1, 3).Length);

        _buffers.Return(bytes);
        Assert.Equal((0, 0), (_buffers.Rented, _buffers.Account.Bytes));
        _buffers.Large.Trim();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1024 * 1024)]
    public void MessageBytes_WithoutRoomInTheAccount_AreNotLentNorCounted(int length)
    {
        _buffers.Account.MaxBytes = length - 1;
        Assert.False(_buffers.TryRentForMessage(length, out var bytes));
        Assert.True(bytes.IsNone);
        Assert.Equal((0, 0), (_buffers.Rented, _buffers.Account.Bytes));
    }

    /// <summary>More than the runtime allows in one array: the same exception as where memory has run out.</summary>
    [Fact]
    public void Array_ThatCannotBeHad_IsRefusedAndNotCounted()
    {
        Assert.False(_buffers.TryRent(int.MaxValue, out var array));
        Assert.Null(array);
        Assert.Throws<OutOfMemoryException>(() => _buffers.Rent(int.MaxValue));
        Assert.Equal((0, 0), (_buffers.Rented, _buffers.Account.Bytes));
    }

    [Fact]
    public void None_HasNoLengthAndNoBytes()
    {
        RentedBytes none = default;
        Assert.True(none.IsNone);
        Assert.Equal((0, 0), (none.Length, none.AsSpan(0, 0).Length));
    }
}
