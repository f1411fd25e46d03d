using System.Net;
using System.Net.Sockets;

namespace Gateway.Core.Tests.Transport;

/// <summary>Two ends of a TCP connection on loopback.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly Socket _view;

    private SocketPair(Socket client, Socket server)
    {
        (Client, Server) = (client, server);
        // The transport may take the descriptor over from its socket.
        _view = new Socket(new SafeSocketHandle(server.SafeHandle.DangerousGetHandle(), ownsHandle: false));
    }

    /// <summary>Bytes that the server's side has not read yet.</summary>
    public int Available => _view.Available;

    public Socket Client { get; }

    /// <summary>The transport's; it disposes it.</summary>
    public Socket Server { get; }

    public static async Task<SocketPair> OpenAsync(Action<Socket>? configureClient = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 64 * 1024 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        configureClient?.Invoke(client);
        await client.ConnectAsync(listener.LocalEndPoint!);
        return new SocketPair(client, await listener.AcceptAsync());
    }

    public async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var received = await Client.ReceiveAsync(bytes.AsMemory(read));
            Assert.NotEqual(0, received);
            read += received;
        }

        return bytes;
    }

    public void Dispose() => Client.Dispose();
}
