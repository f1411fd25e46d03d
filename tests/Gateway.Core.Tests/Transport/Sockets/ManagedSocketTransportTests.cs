using System.Net.Sockets;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Sockets;

namespace Gateway.Core.Tests.Transport.Sockets;

public sealed class ManagedSocketTransportTests : SocketTransportTests
{
    protected override long IdleArgs => 1;

    internal override SocketTransport Create(Socket socket, TransportContext context) => new ManagedSocketTransport(socket, context);
}
