using System.Net.Sockets;

namespace Gateway.Integration.Transport;

/// <summary>A socket.</summary>
public sealed class SocketTransportTests : TransportContract
{
    internal override TransportFixture CreateFixture() => new();

    internal override Task<Stream> OpenClientAsync(Socket socket) => Task.FromResult<Stream>(new NetworkStream(socket));

    internal override Task EndAsync(Stream client, Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}
