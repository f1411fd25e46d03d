using System.Net;
using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Buffers;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Access;

public sealed class AddressTableTests
{
    private readonly MemoryAccount _account = new();
    private readonly AddressTable _table;

    public AddressTableTests() => _table = new AddressTable(new LimitOptions { MaxConnectionsPerAddress = 2, HandshakesPerSecondPerAddress = 10 }, _account);

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::192.0.2.1", "192.0.2.1", false)]
    [InlineData("0.0.0.1", "::1", false)]
    public void Key_OfTwoAddresses_IsTheSameForOneSubscriber(string one, string other, bool isSame) =>
        Assert.Equal(isSame, AddressKey.Of(new IPEndPoint(IPAddress.Parse(one), 1)) == AddressKey.Of(new IPEndPoint(IPAddress.Parse(other), 2)));

    [Fact]
    public void Key_OfAnUnknownAddress_IsNone()
    {
        Assert.Null(AddressKey.Of(null));
        Assert.Null(AddressKey.Of(new DnsEndPoint("localhost", 1)));
        Assert.True(_table.TryEnter(null, out var use));
        Assert.Null(use);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Admit_UpToTheMaximum_AndAgainWhenOneHasLeft()
    {
        var use = Enter("192.0.2.1");
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => use.TryAdmit(2)));

        AddressTable.Leave(use, wasAdmitted: true);

        Assert.True(use.TryAdmit(2));
        Assert.False(use.TryAdmit(2));
        Assert.True(Enter("192.0.2.2").TryAdmit(2));
    }

    [Fact]
    public void Flood_MoreThanTwiceTheMaximumOfSockets_IsOne()
    {
        for (var i = 0; i < 4; i++)
            Assert.False(_table.IsFlood(Enter("192.0.2.1")));

        Assert.True(_table.IsFlood(Enter("192.0.2.1")));
        Assert.False(_table.IsFlood(Enter("192.0.2.2")));
    }

    [Fact]
    public void Round_ForgetsWhoHasGoneAndComesNoMore()
    {
        var gone = Enter("192.0.2.1");
        Assert.True(gone.TryHandshake(0, 10));
        var stays = Enter("192.0.2.2");
        AddressTable.Leave(gone, wasAdmitted: false);

        _table.OnRound(50);
        Assert.Equal(2, _table.Count); // its handshake still counts
        _table.OnRound(100);

        Assert.Equal(1, _table.Count);
        Assert.Same(stays, Enter("192.0.2.2"));
        Assert.NotSame(gone, Enter("192.0.2.1"));
    }

    [Fact]
    public void Enter_WhileOthersLeaveAndRoundsPass_LosesNobody()
    {
        Parallel.For(0, 20_000, i =>
        {
            var use = Enter($"192.0.2.{i % 5}");
            if (i % 100 == 0)
                _table.OnRound(0);
            AddressTable.Leave(use, wasAdmitted: false);
        });

        _table.OnRound(0);
        Assert.Equal(0, _table.Count);
    }

    /// <summary>A botnet that comes and goes leaves neither bytes in the account nor places in the table.</summary>
    [Fact]
    public void Round_AfterManyAddresses_GivesAllOfItBack()
    {
        var uses = Enumerable.Range(0, 10_000).Select(i => Enter($"10.0.{i >> 8}.{i & 255}")).ToList();
        Assert.Equal((10_000, 10_000L * AddressTable.BytesEach), (_table.Count, _account.HeldBytes));
        var stays = Enter("192.0.2.1");

        foreach (var use in uses)
            AddressTable.Leave(use, wasAdmitted: false);
        _table.OnRound(0);

        Assert.Equal((1, (long)AddressTable.BytesEach), (_table.Count, _account.HeldBytes));
        Assert.Same(stays, Enter("192.0.2.1"));
    }

    [Fact]
    public void Enter_OfANewAddressWithoutMemory_IsRefusedAndCountsNothing()
    {
        _account.MaxTotalBytes = AddressTable.BytesEach;
        var known = Enter("192.0.2.1");

        Assert.False(_table.TryEnter(EndPoint("192.0.2.2"), out var use));

        Assert.Null(use);
        Assert.Same(known, Enter("192.0.2.1")); // one that is there takes nothing more
        Assert.Equal((1, (long)AddressTable.BytesEach), (_table.Count, _account.HeldBytes));
    }

    private static IPEndPoint EndPoint(string address) => new(IPAddress.Parse(address), 1);

    private AddressUse Enter(string address)
    {
        Assert.True(_table.TryEnter(EndPoint(address), out var use));
        return use!;
    }
}
