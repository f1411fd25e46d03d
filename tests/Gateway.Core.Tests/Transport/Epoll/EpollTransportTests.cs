using System.Net.Sockets;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Epoll;

namespace Gateway.Core.Tests.Transport.Epoll;

public sealed class EpollTransportTests : SocketTransportTests
{
    private readonly EpollEngines _engines = new(2, static _ => { });

    protected override long IdleArgs => 0;

    public override void Dispose()
    {
        _engines.Dispose();
        base.Dispose();
    }

    internal override SocketTransport Create(Socket socket, TransportContext context)
    {
        socket.Blocking = false;
        var fd = (int)socket.SafeHandle.DangerousGetHandle();
        socket.SafeHandle.SetHandleAsInvalid(); // it is the transport's now
        return new EpollTransport(fd, _engines.Next(), context);
    }
}
