namespace Gateway.Core.Tests.Fixtures;

/// <summary>Threads of one's own, which are there for as long as the test wants: the pool's come and go.</summary>
internal sealed class OtherThreads : IDisposable
{
    private readonly List<(Thread Thread, SemaphoreSlim Begin)> _threads = [];
    private readonly SemaphoreSlim _done = new(0);
    private volatile Action<int>? _act; // null: they end
    private Exception? _fault;

    public OtherThreads(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (index, begin) = (i, new SemaphoreSlim(0));
            var thread = new Thread(() => Run(index, begin)) { IsBackground = true };
            thread.Start();
            _threads.Add((thread, begin));
        }
    }

    /// <summary>Each of them acts, by its index, and this returns when all have.</summary>
    public void Each(Action<int> act)
    {
        _act = act;
        foreach (var (_, begin) in _threads)
            begin.Release();
        for (var i = 0; i < _threads.Count; i++)
            _done.Wait();
        if (_fault is { } fault)
            throw new InvalidOperationException("A thread failed.", fault);
    }

    public void Dispose()
    {
        _act = null;
        foreach (var (thread, begin) in _threads)
        {
            begin.Release();
            thread.Join();
            begin.Dispose();
        }

        _done.Dispose();
    }

    private void Run(int index, SemaphoreSlim begin)
    {
        while (true)
        {
            begin.Wait();
            if (_act is not { } act)
                return;
            try
            {
                act(index);
            }
#pragma warning disable CA1031 // for the one who waits
            catch (Exception e)
#pragma warning restore CA1031
            {
                _fault = e;
            }

            _done.Release();
        }
    }
}
