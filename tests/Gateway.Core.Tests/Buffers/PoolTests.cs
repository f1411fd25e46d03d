using Gateway.Core.Buffers;

namespace Gateway.Core.Tests.Buffers;

public sealed class PoolTests
{
    [Fact]
    public void Block_ReturnedTwice_IsAFault()
    {
        var pool = new BlockPool(100, 10);
        var block = pool.Rent();
        block.Return();

        Assert.Throws<InvalidOperationException>(block.Return);
        Assert.Equal(0, pool.Rented);
        Assert.NotSame(pool.Rent(), pool.Rent());
    }

    [Fact]
    public void Block_RentedAgain_MayBeReturnedAgain()
    {
        var pool = new BlockPool(100, 10);
        for (var i = 0; i < 3; i++)
        {
            var block = pool.Rent();
            Assert.Equal(100, block.Bytes.Length);
            Assert.Equal(1, pool.Rented);
            block.Return();
        }

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void BlockPool_KeepsNoMoreThanItsBound()
    {
        var pool = new BlockPool(100, maxRetained: 2);
        var rented = Enumerable.Range(0, 5).Select(_ => pool.Rent()).ToArray();
        foreach (var block in rented)
            block.Return();

        var again = Enumerable.Range(0, 5).Select(_ => pool.Rent()).ToArray();
        Assert.Equal(2, again.Count(rented.Contains));
        Assert.Equal(5, pool.Rented);
    }

    [Fact]
    public async Task BlockPool_UsedByManyThreads_NeverHandsABlockOutTwice()
    {
        var pool = new BlockPool(8, maxRetained: 4);
        await Task.WhenAll(Enumerable.Range(1, 8).Select(id => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var block = pool.Rent();
                var mark = ((long)id << 32) | (uint)i;
                BitConverter.TryWriteBytes(block.Bytes, mark);
                if ((i & 15) == 0)
                    Thread.Yield();
                Assert.Equal(mark, BitConverter.ToInt64(block.Bytes));
                block.Return();
            }
        })));
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void BufferPool_CountsWhatIsOut()
    {
        var pool = new BufferPool();
        var small = pool.Rent(10);
        var large = pool.Rent(2_000_000);
        Assert.Equal(2, pool.Rented);
        Assert.True(small.Length >= 10 && large.Length >= 2_000_000);
        pool.Return(small);
        pool.Return(large);
        Assert.Equal(0, pool.Rented);
    }
}
