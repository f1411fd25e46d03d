using System.Net;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using TransportContext = Gateway.Core.Transport.TransportContext;

namespace Gateway.Core.Tests.Transport.Sockets;

public sealed class ManagedListenerTests : ListenerTests
{
    internal override Listener Create(
        IPEndPoint endPoint, string option, TransportContext context, ITransportAcceptor acceptor, ConnectionSlots slots, Overflow overflow) =>
        new ManagedListener(endPoint, option, context, acceptor, slots, overflow, TimeProvider.System, NullLogger.Instance);
}
