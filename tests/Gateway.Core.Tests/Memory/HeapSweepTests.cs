using Gateway.Core.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Memory;

/// <summary>How often the collector is told to give memory back.</summary>
public class HeapSweepTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeapSweep _sweep;
    private int _collections;

    public HeapSweepTests() => _sweep = new HeapSweep(_time, () => _collections++);

    [Fact]
    public void Offers_ThatDoNotHelp_AreTakenLessAndLess()
    {
        Assert.Equal([0, 20, 60, 140, 300, 620, 1220, 1820], SecondsOfCollections(2000, isUrgent: false));
    }

    [Fact]
    public void Offers_WhileClientsAreRefused_AreTakenEveryTenSeconds()
    {
        Assert.Equal([0, 10, 20, 30], SecondsOfCollections(40, isUrgent: true));
    }

    [Fact]
    public void Offers_AfterMemoryWasFree_BeginAnew()
    {
        SecondsOfCollections(300, isUrgent: false);
        _sweep.Reset();
        _time.Advance(TimeSpan.FromSeconds(10));

        _collections = 0;
        _sweep.Offer(isUrgent: false);

        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Offer_WhileBacklogsAreGivenUp_WaitsForCalm()
    {
        _sweep.Postpone();
        Assert.Equal([10], SecondsOfCollections(20, isUrgent: false));
    }

    [Fact]
    public void Offer_WhileBacklogsAreGivenUpAndClientsRefused_DoesNotWait()
    {
        _sweep.Postpone();
        _sweep.Offer(isUrgent: true);

        Assert.Equal(1, _collections);
    }

    private List<int> SecondsOfCollections(int seconds, bool isUrgent)
    {
        var taken = new List<int>();
        for (var second = 0; second < seconds; second++)
        {
            var before = _collections;
            _sweep.Offer(isUrgent);
            if (_collections > before)
                taken.Add(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return taken;
    }
}
