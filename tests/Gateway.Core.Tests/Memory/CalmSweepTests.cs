using Gateway.Core.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Memory;

/// <summary>When what a spike has left is given back.</summary>
public class CalmSweepTests
{
    private const long MiB = 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly CalmSweep _sweep;
    private readonly List<string> _acts = [];
    private int _connections;
    private long _bytes;

    public CalmSweepTests() => _sweep = new CalmSweep(_time, () => _connections, () => _bytes, () => _acts.Add("release"), () => _acts.Add("pack"));

    [Theory]
    [InlineData(10_000, 0, 0, 0)]
    [InlineData(10_000, 0, 5_000, 0)]
    [InlineData(0, 100, 0, 1)]
    [InlineData(10_000, 100, 9_000, 10)] // as many clients, and what waited for them is gone
    public void Spike_Over_IsReleasedAndThenPacked_Once(int connections, long mebibytes, int connectionsAfter, long mebibytesAfter)
    {
        Look(connections, mebibytes, seconds: 60);
        Look(connectionsAfter, mebibytesAfter, seconds: 29);
        Assert.Empty(_acts);

        Look(connectionsAfter, mebibytesAfter, seconds: 5);
        Assert.Equal(["release"], _acts);
        Look(connectionsAfter, mebibytesAfter, seconds: 3600);
        Assert.Equal(["release", "pack"], _acts);
    }

    [Theory]
    [InlineData(1_500, 15, 0, 0)] // never much
    [InlineData(10_000, 100, 6_000, 60)] // still much
    public void Spike_NoneOrNotOver_IsLeftAlone(int connections, long mebibytes, int connectionsAfter, long mebibytesAfter)
    {
        Look(connections, mebibytes, seconds: 60);
        Look(connectionsAfter, mebibytesAfter, seconds: 3600);

        Assert.Empty(_acts);
    }

    [Fact]
    public void Spike_ThatComesBack_IsWaitedFor()
    {
        for (var i = 0; i < 10; i++)
        {
            Look(10_000, 0, seconds: 20);
            Look(100, 0, seconds: 25);
        }

        Assert.Empty(_acts);
    }

    [Fact]
    public void Spike_ThatComesBackAfterTheRelease_IsNotPackedUnderIt()
    {
        Look(10_000, 0, seconds: 20);
        Look(100, 0, seconds: 35);
        Look(10_000, 0, seconds: 3600);

        Assert.Equal(["release"], _acts);
    }

    [Fact]
    public void Spikes_OneAfterTheOther_AreEachGivenBack()
    {
        for (var i = 0; i < 3; i++)
        {
            Look(10_000, 0, seconds: 20);
            Look(100, 0, seconds: 60);
        }

        Assert.Equal(["release", "pack", "release", "pack", "release", "pack"], _acts);
    }

    private void Look(int connections, long mebibytes, int seconds)
    {
        (_connections, _bytes) = (connections, mebibytes * MiB);
        for (var i = 0; i < 4 * seconds; i++)
        {
            _sweep.OnLook();
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }
}
