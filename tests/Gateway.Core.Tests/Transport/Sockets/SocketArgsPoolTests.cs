using Gateway.Core.Transport.Sockets;

namespace Gateway.Core.Tests.Transport.Sockets;

public sealed class SocketArgsPoolTests
{
    [Fact]
    public void ReturnedArgs_AreRentedAgainWithoutTheirPast()
    {
        var pool = new SocketArgsPool(maxRetained: 2);
        var args = pool.RentSend(null!);
        args.SetBuffer(new byte[10]);
        pool.Return(args);

        var again = pool.RentSend(null!);

        Assert.Same(args, again);
        Assert.Null(again.Block);
        Assert.True(again.MemoryBuffer.IsEmpty);
        Assert.Equal(1, pool.Rented);
    }

    [Fact]
    public void Pool_KeepsNoMoreThanItsBound()
    {
        var pool = new SocketArgsPool(maxRetained: 2);
        var rented = Enumerable.Range(0, 5).Select(_ => pool.RentReceive(null!)).ToArray();
        Assert.Equal(5, pool.Rented);
        foreach (var args in rented)
            pool.Return(args);

        Assert.Equal(0, pool.Rented);
        var again = Enumerable.Range(0, 5).Select(_ => pool.RentReceive(null!)).ToArray();
        Assert.Equal(2, again.Count(rented.Contains));
    }
}
