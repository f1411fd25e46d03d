using System.Collections.Concurrent;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Transport.Epoll;

namespace Gateway.Core.Tests.Transport.Epoll;

/// <summary>Who goes first where many wait for one thread.</summary>
public sealed class EpollEngineTests : IDisposable
{
    private const int Crowd = 300;

    private readonly ConcurrentQueue<Told> _told = new();
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly EpollEngine _engine;
    private readonly List<Told> _all = [];

    public EpollEngineTests() => _engine = new EpollEngine("test", _faults.Enqueue);

    public void Dispose()
    {
        _engine.Dispose();
        foreach (var handler in _all)
            handler.Dispose();
    }

    [Fact]
    public async Task Crowd_OfThoseWhoMayWait_WhoMayNotIsToldBeforeThem_AndEachOnce()
    {
        var crowd = Enumerable.Range(0, Crowd).Select(_ => Add(mayWait: true)).ToArray();
        var honest = Add(mayWait: false);

        await WhileTheEngineIsBusyAsync(() =>
        {
            foreach (var handler in crowd)
                handler.Ready();
            honest.Ready();
        });

        await Eventually.TrueAsync(() => _told.Count == Crowd + 1);
        Assert.Same(honest, _told.First());
        Assert.Equal(crowd, _told.Skip(1)); // in their order
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task Few_WhoMayWait_AreToldInTheirOrder()
    {
        var few = Enumerable.Range(0, 10).Select(i => Add(mayWait: i % 2 == 0)).ToArray();

        await WhileTheEngineIsBusyAsync(() => Array.ForEach(few, handler => handler.Ready()));

        await Eventually.TrueAsync(() => _told.Count == few.Length);
        Assert.Equal(few, _told);
    }

    [Fact]
    public async Task Crowd_OneIsForgottenWhileItWaits_IsNotTold_AndAFaultOfOneIsNotTheOthers()
    {
        var crowd = Enumerable.Range(0, Crowd).Select(_ => Add(mayWait: true)).ToArray();
        var gone = crowd[^1];
        crowd[0].Act = () => _engine.Forget(gone.Descriptor);
        crowd[1].Act = () => throw new InvalidOperationException("a fault");

        await WhileTheEngineIsBusyAsync(() => Array.ForEach(crowd, handler => handler.Ready()));

        await Eventually.TrueAsync(() => _told.Count == Crowd - 1);
        Assert.DoesNotContain(gone, _told);
        Assert.Single(_faults);
        var after = Add(mayWait: false);
        after.Ready();
        await Eventually.TrueAsync(() => _told.Contains(after));
        Assert.DoesNotContain(gone, _told);
    }

    private Told Add(bool mayWait)
    {
        var handler = new Told(_told) { MayWait = mayWait };
        _all.Add(handler);
        Assert.True(_engine.TryRegister(handler.Descriptor, handler, EpollEvents.Readable | EpollEvents.EdgeTriggered));
        return handler;
    }

    /// <summary>What becomes ready meanwhile is in the engine's next look, all of it.</summary>
    private async Task WhileTheEngineIsBusyAsync(Action act)
    {
        using (await BusyEngine.HoldAsync(_engine))
            act();
    }

    private sealed class Told(ConcurrentQueue<Told> told) : IEpollHandler, IDisposable
    {
        public int Descriptor { get; } = Libc.EventFd(0, Libc.NonBlocking | Libc.CloseOnExec);

        public uint Generation { get; set; }

        public bool MayWait { get; init; }

        public EpollEvents Waiting { get; set; }

        public Action? Act { get; set; }

        public void Ready() => Assert.Equal(0, Libc.EventFdWrite(Descriptor, 1));

        public void OnEvents(EpollEvents events)
        {
            if ((events & EpollEvents.Readable) == 0)
                return;
            told.Enqueue(this);
            Act?.Invoke();
        }

        public void Dispose() => _ = Libc.Close(Descriptor);
    }
}
