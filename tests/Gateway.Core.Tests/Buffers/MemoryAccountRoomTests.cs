using Gateway.Core.Buffers;

namespace Gateway.Core.Tests.Buffers;

/// <summary>What a client's input would take is refused where there is no room, and then nothing is counted.</summary>
public sealed class MemoryAccountRoomTests
{
    private readonly MemoryAccount _account = new() { MaxBytes = 100, MaxTotalBytes = 150 };

    [Fact]
    public void Waiting_UpToItsShare_IsGranted()
    {
        Assert.True(_account.TryAdd(60));
        Assert.True(_account.TryAdd(40));
        Assert.False(_account.TryAdd(1));
        Assert.Equal((100, 100), (_account.Bytes, _account.TotalBytes));
        _account.Add(-100);
        Assert.True(_account.TryAdd(100));
    }

    [Fact]
    public void Held_AndWaiting_ShareOneBound()
    {
        Assert.True(_account.TryHold(120));
        Assert.False(_account.TryAdd(31));
        Assert.True(_account.TryAdd(30));
        Assert.False(_account.TryHold(1));
        Assert.Equal((30, 120, 150), (_account.Bytes, _account.HeldBytes, _account.TotalBytes));
        _account.LetGo(120);
        Assert.True(_account.TryHold(120));
    }

    [Fact]
    public void Room_IsAsMuchAsWouldBeGranted()
    {
        Assert.True(_account.TryHold(120));
        Assert.True(_account.HasRoom(30));
        Assert.False(_account.HasRoom(31));
        _account.LetGo(120);
        Assert.True(_account.HasRoom(100));
        Assert.False(_account.HasRoom(101));
    }

    /// <summary>What the node makes itself is bounded before it gets here.</summary>
    [Fact]
    public void NodesOwn_IsCountedWhateverThereIs()
    {
        _account.Add(1000);
        Assert.Equal(1000, _account.Bytes);
        Assert.False(_account.TryAdd(0));
    }

    [Fact]
    public void Refusal_OfEitherColumn_CallsTheAlarmOnceUntilItIsArmed()
    {
        var alarms = 0;
        _account.Alarm = () => alarms++;
        Assert.False(_account.TryHold(151));
        Assert.False(_account.TryHold(151));
        Assert.False(_account.TryAdd(101));
        Assert.Equal(1, alarms);
        _account.Arm(long.MaxValue);
        Assert.False(_account.TryAdd(101));
        Assert.Equal(2, alarms);
    }

    [Fact]
    public async Task Threads_ThatAskTogether_GetNoMoreThanThereIs()
    {
        var granted = 0L;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (!_account.TryAdd(7))
                    continue;
                Assert.InRange(Interlocked.Add(ref granted, 7), 0, 100);
                Interlocked.Add(ref granted, -7);
                _account.Add(-7);
            }
        })));
        Assert.Equal(0, _account.Bytes);
    }
}
