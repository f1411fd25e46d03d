using System.ComponentModel;
using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Progress;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>
/// A flood on a thread of its own, which takes only what of this machine nobody else wants: attackers have machines of their own, and what
/// is measured is what they take of the node.
/// </summary>
internal sealed class FloodThread : IDisposable
{
    // None of the addresses from which other clients come.
    private static readonly IPAddress Source = new([127, 0, 9, 1]);

    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;
    private Exception? _failure;

    public FloodThread(IPEndPoint target, Flood flood, Attackers attackers, int perSecond)
    {
        _thread = new Thread(() => Run(target, flood, attackers, perSecond)) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>Ends it; its attackers may be looked at from then on.</summary>
    /// <exception cref="LoadException">It could not go on before.</exception>
    public void End()
    {
        _end.Cancel();
        _thread.Join();
        if (_failure is not null)
            throw new LoadException($"The flood could not go on: {_failure.Message}");
    }

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _end.Dispose();
    }

    private void Run(IPEndPoint target, Flood flood, Attackers attackers, int perSecond)
    {
        try
        {
            _ = Libc.SetPriority(Libc.PriorityOfProcess, 0, Libc.LowestPriority);
            using var loop = new Loop(new Observer(new NoProgress()), CancellationToken.None);
            using var pool = attackers.Pool = new ClientPool(loop, target, flood.Clients, attackers.Request, attackers) { Source = Source };
            attackers.Begin(flood.Clients, perSecond);
            loop.RunUntil(() => _end.IsCancellationRequested, TimeSpan.MaxValue, attackers.GoOn);
            attackers.Stop();
        }
        catch (Exception e) when (e is LoadException or Win32Exception)
        {
            _failure = e;
        }
    }
}
