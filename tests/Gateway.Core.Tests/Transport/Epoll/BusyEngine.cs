using Gateway.Core.Transport.Epoll;

namespace Gateway.Core.Tests.Transport.Epoll;

/// <summary>Holds an engine's thread until it is disposed of: what becomes ready meanwhile comes to it in one look.</summary>
internal sealed class BusyEngine : IEpollHandler, IDisposable
{
    private readonly int _descriptor = Libc.EventFd(1, Libc.NonBlocking | Libc.CloseOnExec);
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private readonly EpollEngine _engine;
    private bool _isOver;

    private BusyEngine(EpollEngine engine) => _engine = engine;

    public uint Generation { get; set; }

    public bool MayWait => false;

    public EpollEvents Waiting { get; set; }

    public static async Task<BusyEngine> HoldAsync(EpollEngine engine)
    {
        var busy = new BusyEngine(engine);
        Assert.True(engine.TryRegister(busy._descriptor, busy, EpollEvents.Readable | EpollEvents.EdgeTriggered));
        await busy._began.Task;
        return busy;
    }

    public void OnEvents(EpollEvents events)
    {
        _began.TrySetResult();
        lock (_gate)
        {
            while (!_isOver)
                Monitor.Wait(_gate);
        }
    }

    public void Dispose()
    {
        _engine.Forget(_descriptor);
        lock (_gate)
        {
            _isOver = true;
            Monitor.Pulse(_gate);
        }

        _ = Libc.Close(_descriptor);
    }
}
