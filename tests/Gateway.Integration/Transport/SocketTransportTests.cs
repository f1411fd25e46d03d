using System.Net.Sockets;

namespace Gateway.Integration.Transport;

/// <summary>A socket by the runtime's own engine.</summary>
public sealed class ManagedSocketTransportTests : SocketTransportTests
{
    internal override TransportFixture CreateFixture() => new(usesEpoll: false);
}

/// <summary>A socket under epoll.</summary>
public sealed class EpollTransportTests : SocketTransportTests
{
    internal override TransportFixture CreateFixture() => new(usesEpoll: true);
}

public abstract class SocketTransportTests : TransportContract
{

    internal override Task<Stream> OpenClientAsync(Socket socket) => Task.FromResult<Stream>(new NetworkStream(socket));

    internal override Task EndAsync(Stream client, Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}
