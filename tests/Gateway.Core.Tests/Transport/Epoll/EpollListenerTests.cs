using System.Net;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Epoll;
using Microsoft.Extensions.Logging.Abstractions;
using TransportContext = Gateway.Core.Transport.TransportContext;

namespace Gateway.Core.Tests.Transport.Epoll;

public sealed class EpollListenerTests : ListenerTests
{
    private readonly EpollEngines _engines = new(2, static _ => { });

    public override void Dispose()
    {
        _engines.Dispose();
        base.Dispose();
    }

    internal override Listener Create(
        IPEndPoint endPoint, string option, TransportContext context, ITransportAcceptor acceptor, ConnectionSlots slots, Overflow overflow) =>
        new EpollListener(endPoint, option, context, _engines, acceptor, slots, overflow, TimeProvider.System, NullLogger.Instance);
}
