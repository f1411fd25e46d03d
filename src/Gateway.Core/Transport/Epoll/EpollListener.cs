using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport.Epoll;

/// <summary>Accepts on an engine's thread and spreads the clients over all engines.</summary>
internal sealed class EpollListener : Listener, IEpollHandler
{
    private readonly EpollEngines _engines;
    private readonly EpollEngine _engine;

    public EpollListener(
        IPEndPoint endPoint, string optionName, TransportContext context, EpollEngines engines, ITransportAcceptor acceptor, ConnectionSlots slots, Overflow overflow, TimeProvider time, ILogger log)
        : base(endPoint, optionName, context, acceptor, slots, overflow, time, log)
    {
        (_engines, _engine) = (engines, engines.Next());
        Socket.Blocking = false;
    }

    public uint Generation { get; set; }

    public bool MayWait => false;

    public EpollEvents Waiting { get; set; }

    protected override void Accept() => Use(fd =>
    {
        if (!_engine.TryRegister(fd, this, EpollEvents.Readable))
            OnError(Libc.LastError());
    });

    public override void Dispose()
    {
        Use(_engine.Unregister);
        base.Dispose();
    }

    public void OnEvents(EpollEvents events) => Use(AcceptSome);

    private void AcceptSome(int listening)
    {
        // What is left after a turn is told again: the listening socket is level-triggered.
        for (var accepts = 0; accepts < AcceptsPerTurn && !IsStopped; accepts++)
        {
            var accepted = Libc.Accept(listening, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success)
            {
                // Before the error is looked at: what it puts off is a Start, which must not be undone here.
                _engine.Unregister(listening);
                if (OnError(error))
                    Start();
                return;
            }

            if (TryTakePlace())
                Open(new EpollTransport(accepted, _engines.Next(), Context));
            else
                Refuse(new Socket(new SafeSocketHandle(accepted, ownsHandle: true)));
        }
    }

    /// <summary>With a hold on the descriptor: it must not become another's meanwhile.</summary>
    private void Use(Action<int> action)
    {
        var isHeld = false;
        try
        {
            Socket.SafeHandle.DangerousAddRef(ref isHeld);
            action((int)Socket.SafeHandle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            // stopped
        }
        finally
        {
            if (isHeld)
                Socket.SafeHandle.DangerousRelease();
        }
    }
}
