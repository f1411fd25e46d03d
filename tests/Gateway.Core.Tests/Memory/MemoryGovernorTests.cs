using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Memory;
using Gateway.Core.Options;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Memory;

/// <summary>The stages, and who is given up in which order. 100,000 bytes may wait.</summary>
public sealed class MemoryGovernorTests : IDisposable
{
    private readonly ProtocolHarness _harness = new(options => options.Echo.Enabled = true);
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryGovernor _governor;
    private readonly Action _alarm;
    private long _used;
    private int _collections;
    private int _besides;

    public MemoryGovernorTests()
    {
        var account = Account;
        _governor = new MemoryGovernor(
            new MemoryBudget(new MemoryOptions(), 200_000), account, new Shedding(_harness.Context.Registry, account, _harness.Context.Metrics), () => _used, _time, NullLogger.Instance, () => _collections++)
        {
            CollectBeside = () => _besides++,
        };
        _harness.Context.MemoryStage = () => _governor.Stage;
        // It would look on another thread, in the middle of what a test does.
        (_alarm, account.Alarm) = (account.Alarm!, null);
    }

    private MemoryAccount Account => _harness.Context.Transport.Buffers.Account;

    public void Dispose()
    {
        _governor.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public void Backlogs_AboveTheMark_AreGivenUpLargestFirstUntilEnoughIsFree()
    {
        var sizes = new[] { 5_000, 30_000, 10_000, 25_000 };
        var clients = sizes.Select(Behind).ToArray();
        Assert.InRange(Account.Bytes, 70_000, 80_000);

        _governor.Look();

        // 60,000 may stay: the largest is enough.
        Assert.Equal([true, false, true, true], clients.Select(client => client.State == ConnectionState.Open));
        Assert.InRange(Account.Bytes, 40_000, 45_000);
        Assert.Equal(MemoryStage.Normal, _governor.Stage);
        Assert.Equal((1, 30_004), (_harness.Context.Metrics.ShedConnections.Total, _harness.Context.Metrics.ShedBytes.Total));
    }

    /// <summary>A client that is just being answered has a queue as well. Its end would help nobody.</summary>
    [Fact]
    public void Backlogs_OfThoseWhoKeepLittle_StayWhateverElseWaits()
    {
        Assert.True(Account.TryAdd(75_000)); // nobody's
        var (little, much) = (Behind(1_500), Behind(2_500));

        _governor.Look();

        // A sixteenth of the 60,000 that may stay, for two: 1,875 each.
        Assert.Equal((true, false), (little.State == ConnectionState.Open, much.State == ConnectionState.Open));
        Assert.Equal(MemoryStage.Shedding, _governor.Stage);
    }

    [Fact]
    public void Garbage_AfterBacklogsWereGivenUp_IsCollectedOnceItIsCalm()
    {
        _used = 172_000; // 86 %: shedding, and nothing to shed
        _governor.Look();
        Assert.Equal((MemoryStage.Shedding, 1), (_governor.Stage, _collections));

        Behind(90_000);
        _governor.Look(); // gives it up
        _time.Advance(TimeSpan.FromSeconds(9)); // and looks four times a second
        Assert.Equal(1, _collections);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(2, _collections);

        _used = 100_000;
        _governor.Look();
        Assert.Equal(MemoryStage.Normal, _governor.Stage);
    }

    /// <summary>It is used again at once by those who come next, and would be garbage by then.</summary>
    [Fact]
    public void Kept_WhenMemoryBecomesShort_IsGivenBackOnce_AndAtEveryLookWhereMuchIsUsed()
    {
        var trims = 0;
        var account = Account;
        using var governor = new MemoryGovernor(
            new MemoryBudget(new MemoryOptions(), 200_000), account, new Shedding(_harness.Context.Registry, account, _harness.Context.Metrics), () => _used, _time, NullLogger.Instance, () => _collections++)
        {
            Trim = () => trims++,
            CollectBeside = () => _besides++,
        };
        account.Alarm = null;
        Assert.True(account.TryAdd(70_000)); // of 100,000 that may wait, and nobody to take it from

        governor.Look();
        governor.Look();
        Assert.Equal((MemoryStage.Shedding, 1, 0), (governor.Stage, trims, _besides));

        _used = 165_000; // 82 %: a stage is kept for it, and so it is given back
        account.Add(-70_000);
        governor.Look();
        governor.Look();
        Assert.Equal((MemoryStage.Shedding, 3, 1), (governor.Stage, trims, _besides));
        _used = 0;
        governor.Look();
        Assert.Equal(MemoryStage.Normal, governor.Stage);
    }

    [Fact]
    public void Frames_ThatManyShare_AreGivenUpWithTheLastOfThem()
    {
        var shared = OutboundFrame.Create(Opcode.Binary, new byte[80_000]);
        var clients = Enumerable.Range(0, 10).Select(_ => Behind(0)).ToArray();
        foreach (var client in clients)
            Assert.True(client.Enqueue(shared));
        Assert.InRange(Account.Bytes, 80_000, 81_000);

        _governor.Look();

        Assert.All(clients, client => Assert.NotEqual(ConnectionState.Open, client.State));
        Assert.InRange(Account.Bytes, 0, 10 * 2048); // their close frames
    }

    [Fact]
    public void Message_ThatComesInPart_IsGivenUpWithItsConnection()
    {
        var (connection, transport) = _harness.Open("/echo");
        var frame = ClientBytes.Frame(Opcode.Binary, new byte[90_000]);
        transport.Receive(frame.AsSpan(0, 80_000).ToArray());
        Assert.InRange(connection.PartialBytes, 79_000, 200_000);

        _governor.Look();

        Assert.NotEqual(ConnectionState.Open, connection.State);
        transport.Receive(frame.AsSpan(80_000).ToArray()); // what still comes is thrown away
        Assert.Equal(0, Account.Bytes);
    }

    [Fact]
    public void Stages_WhenNothingCanBeGivenUp_AreReachedOneByOneAndLeftByThemselves()
    {
        foreach (var (bytes, stage) in new[] { (70_000, MemoryStage.Shedding), (85_000, MemoryStage.RefusingUpgrades), (95_000, MemoryStage.RefusingPublications), (101_000, MemoryStage.RefusingPublications), (75_000, MemoryStage.RefusingUpgrades), (60_000, MemoryStage.Shedding), (59_000, MemoryStage.Normal) })
        {
            Account.Add(bytes - Account.Bytes);
            _time.Advance(TimeSpan.FromMilliseconds(250));
            Assert.Equal((bytes, stage), (bytes, _governor.Stage));
            Assert.Equal(bytes >= 100_000, _governor.IsFull);
        }
    }

    [Fact]
    public async Task Mark_PassedBetweenTwoLooks_IsActedUponAtOnce()
    {
        Account.Alarm = _alarm;

        var client = Behind(90_000); // no clock moves

        await Eventually.TrueAsync(() => client.State != ConnectionState.Open);
    }

    [Fact]
    public void Upgrades_WhenShortOfMemory_AreRefusedWithAMomentToComeBack()
    {
        Account.Add(85_000);
        _governor.Look();

        var (connection, transport) = _harness.Request("/echo");
        var response = System.Text.Encoding.ASCII.GetString(transport.Sent);

        Assert.StartsWith("HTTP/1.1 503 ", response, StringComparison.Ordinal);
        Assert.Matches("\r\nRetry-After: ([1-9]|10)\r\n", response);
        Assert.NotEqual(ConnectionState.Open, connection.State);
        Account.Add(-85_000);
        _governor.Look();
        Assert.Equal(ConnectionState.Open, _harness.Request("/echo").Connection.State);
    }

    [Fact]
    public void Used_WhateverWaits_MovesTheStagesToo()
    {
        foreach (var (used, stage) in new[] { (169_999, MemoryStage.Normal), (170_000, MemoryStage.Shedding), (184_000, MemoryStage.RefusingUpgrades), (192_000, MemoryStage.RefusingPublications), (159_000, MemoryStage.Normal) })
        {
            _used = used;
            _governor.Look();
            Assert.Equal((used, stage), (used, _governor.Stage));
        }
    }

    /// <summary>The kernel's buffers are not the node's to free but by ending who fills them.</summary>
    [Fact]
    public void Used_WhileTheKernelHoldsMuch_GivesUpForWhomItDoes()
    {
        var (slow, slowTransport) = _harness.Open("/echo");
        var (fast, fastTransport) = _harness.Open("/echo");
        slowTransport.KernelState = Holding(100_000);
        fastTransport.KernelState = Holding(10_000);
        _used = 170_000;

        _governor.Look();

        Assert.NotEqual(ConnectionState.Open, slow.State);
        Assert.Equal(ConnectionState.Open, fast.State);
    }

    [Fact]
    public void Held_AboveItsMark_GivesUpThoseWhoHoldMuchAndNobodyElse()
    {
        // 130,000 may be kept in all: from 117,000 the largest go, until fewer than 104,000 are left.
        var sizes = new[] { 100_000, 1_000, 20_000 };
        var clients = sizes.Select(Holder).ToArray();
        Assert.Equal(121_000, Account.HeldBytes);

        _governor.Look();

        Assert.Equal([false, true, true], clients.Select(client => client.State == ConnectionState.Open));
        clients[0].Abort();
        Account.LetGo(100_000);
        _governor.Look();
        Assert.Equal((MemoryStage.Normal, ConnectionState.Open), (_governor.Stage, clients[2].State));
    }

    [Fact]
    public void Held_ByManyWhoHoldLittle_IsNobodysFaultAndNobodyComesIn()
    {
        var clients = Enumerable.Range(0, 130).Select(_ => Holder(1_000)).ToArray();

        _governor.Look();

        Assert.All(clients, client => Assert.Equal(ConnectionState.Open, client.State));
        Assert.Equal(MemoryStage.RefusingUpgrades, _governor.Stage);
        Account.LetGo(15_000);
        _governor.Look();
        Assert.Equal(MemoryStage.Shedding, _governor.Stage);
    }

    [Fact]
    public void Requests_ThatCameInPart_AreGivenUpAsMessagesAre()
    {
        var transport = new RecordingTransport { UnconsumedBytes = 75_000 };
        var connection = (Connection)_harness.Context.Accept(transport);
        transport.Handler = connection;
        Account.Add(75_000);

        _governor.Look();

        Assert.True(transport.IsClosed);
        Assert.False(connection.Shed());
        Account.Add(-75_000);
    }

    [Fact]
    public void Fault_WhileItLooks_IsToldAndTheNextLookIsMade()
    {
        var faults = new List<Exception>();
        var isBroken = true;
        using var governor = new MemoryGovernor(
            new MemoryBudget(new MemoryOptions(), 200_000),
            new MemoryAccount(),
            new Shedding(_harness.Context.Registry, Account, _harness.Context.Metrics),
            () => isBroken ? throw new InsufficientMemoryException() : 172_000,
            _time,
            NullLogger.Instance,
            static () => { },
            faults.Add);

        governor.Look();
        Assert.IsType<InsufficientMemoryException>(Assert.Single(faults));
        isBroken = false;
        governor.Look();

        Assert.Equal(MemoryStage.Shedding, governor.Stage);
    }

    private Connection Holder(int bytes)
    {
        var (connection, _) = _harness.Open("/echo");
        Assert.True(Account.TryHold(bytes));
        connection.ShardState = new Subscriptions(bytes);
        return connection;
    }

    private sealed class Subscriptions(long bytes) : IShardState
    {
        public long HeldBytes => bytes;
    }

    private static KernelState Holding(int bytes) => new(TcpState.Established, 0, 0, 0, bytes, 0, 10, 0, 0, 0);

    /// <summary>A client that takes nothing, and for whom so much waits.</summary>
    private Connection Behind(int bytes)
    {
        var (connection, transport) = _harness.Open("/echo");
        transport.Takes = static _ => 0;
        if (bytes > 0)
            Assert.True(connection.Enqueue(OutboundFrame.Create(Opcode.Binary, new byte[bytes])));
        return connection;
    }
}
