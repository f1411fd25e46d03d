using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport.Sockets;

/// <summary>Accepts by the runtime's own engine and hands each client to a work item of its own.</summary>
internal sealed class ManagedListener : Listener
{
    private readonly AcceptArgs _args;

    public ManagedListener(
        IPEndPoint endPoint, string optionName, TransportContext context, ITransportAcceptor acceptor, ConnectionSlots slots, Overflow overflow, TimeProvider time, ILogger log)
        : base(endPoint, optionName, context, acceptor, slots, overflow, time, log) => _args = new AcceptArgs(this);

    protected override void Accept() => ThreadPool.UnsafeQueueUserWorkItem(static listener => listener.AcceptSome(), this, preferLocal: false);

    private void AcceptSome()
    {
        try
        {
            for (var accepts = 0; accepts < AcceptsPerTurn; accepts++)
            {
                _args.AcceptSocket = null;
                if (Socket.AcceptAsync(_args) || !TakeAccepted())
                    return;
            }

            Accept();
        }
        catch (ObjectDisposedException)
        {
            // stopped
        }
    }

    /// <summary>True: accept again.</summary>
    private bool TakeAccepted()
    {
        if (_args.SocketError != SocketError.Success)
            return OnError(_args.SocketError);
        var socket = _args.AcceptSocket!;
        if (IsStopped)
        {
            socket.Dispose();
            return false;
        }

        if (TryTakePlace())
            ThreadPool.UnsafeQueueUserWorkItem(static item => item.Listener.Open(item.Socket), (Listener: this, Socket: socket), preferLocal: false);
        else
            Refuse(socket);
        return true;
    }

    private void Open(Socket socket)
    {
        try
        {
            Open(new ManagedSocketTransport(socket, Context));
        }
        catch (SocketException e)
        {
            socket.Dispose();
            OnLost(e.SocketErrorCode);
        }
#pragma warning disable CA1031 // On a pool's thread, where it would end the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Context.Fault(e);
            socket.Dispose();
            OnLost(SocketError.Fault);
        }
    }

    private sealed class AcceptArgs(ManagedListener listener) : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            if (listener.TakeAccepted())
                listener.AcceptSome();
        }
    }
}
