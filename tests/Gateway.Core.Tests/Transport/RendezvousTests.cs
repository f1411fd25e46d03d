using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

public sealed class RendezvousTests
{
    [Fact]
    public void Signal_AfterParking_GoesOnInItsPlace()
    {
        var rendezvous = new Rendezvous();

        Assert.True(rendezvous.TryPark());
        Assert.True(rendezvous.Signal());
    }

    [Fact]
    public void Signal_BeforeParking_LetsTheChainPassOnce()
    {
        var rendezvous = new Rendezvous();

        Assert.False(rendezvous.Signal());
        Assert.False(rendezvous.Signal());
        Assert.False(rendezvous.TryPark());
        Assert.True(rendezvous.TryPark());
    }

    [Fact]
    public void Take_OnlyOfAParkedChain_LeavesNoSignal()
    {
        var rendezvous = new Rendezvous();

        Assert.False(rendezvous.TryTake());
        Assert.True(rendezvous.TryPark());
        Assert.True(rendezvous.TryTake());
        Assert.False(rendezvous.TryTake());
        Assert.True(rendezvous.TryPark());
    }

    /// <summary>Many meetings of two threads: one of them goes on each time, neither both nor none.</summary>
    [Fact]
    public async Task Meetings_OfTwoThreads_LetExactlyOneGoOn()
    {
        const int rounds = 200_000;
        var meeting = new Meeting();

        var chain = Task.Run(() => meeting.Run(rounds, isChain: true), TestContext.Current.CancellationToken);
        var other = Task.Run(() => meeting.Run(rounds, isChain: false), TestContext.Current.CancellationToken);
        await Task.WhenAll(chain, other);

        Assert.Equal(rounds, meeting.Passed);
    }

    /// <summary>The two sides wait for each other at each round, so that they meet closely, and for the one that goes on.</summary>
    private sealed class Meeting
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        private Rendezvous _rendezvous;
        private int _arrived;
        private int _passed;

        public int Passed => Volatile.Read(ref _passed);

        public void Run(int rounds, bool isChain)
        {
            var spin = new SpinWait();
            for (var round = 1; round <= rounds; round++)
            {
                Interlocked.Increment(ref _arrived);
                while (Volatile.Read(ref _arrived) < 2 * round)
                    spin.SpinOnce(sleep1Threshold: -1);
                if (isChain ? !_rendezvous.TryPark() : _rendezvous.Signal())
                    Interlocked.Increment(ref _passed);
                // A round that nobody passes would never end: the one that sees it says so.
                var start = TimeProvider.System.GetTimestamp();
                while (Volatile.Read(ref _passed) < round)
                {
                    Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"Nobody went on in round {round}.");
                    spin.SpinOnce(sleep1Threshold: -1);
                }
            }
        }
    }
}
