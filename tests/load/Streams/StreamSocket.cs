using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Load.Client;

namespace Gateway.Load.Streams;

/// <summary>A socket that comes from an address of one's choice, and TLS over it.</summary>
internal static class StreamSocket
{
#pragma warning disable CA5359 // It is this program's own server, on loopback; building a chain would only take CPU time from it.
    private static readonly RemoteCertificateValidationCallback AnyCertificate = static (_, _, _, _) => true;
#pragma warning restore CA5359

    /// <param name="target">On loopback.</param>
    /// <param name="source">On loopback.</param>
    /// <param name="receiveBuffer">Bytes; 0: the system's.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SocketException">Nobody takes it.</exception>
    public static async Task<Socket> ConnectAsync(IPEndPoint target, IPAddress source, int receiveBuffer, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer > 0)
                socket.ReceiveBufferSize = receiveBuffer;
            socket.SetRawSocketOption(Libc.LevelIp, Libc.BindAddressNoPort, BitConverter.GetBytes(1));
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(target, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Any certificate will do.</summary>
    /// <param name="canResume">As of <see cref="SecureAsync"/>.</param>
    public static SslClientAuthenticationOptions SecureOptions(bool canResume) =>
        new() { TargetHost = "localhost", AllowTlsResume = canResume, RemoteCertificateValidationCallback = AnyCertificate };

    /// <summary>A handshake, with whatever certificate.</summary>
    /// <param name="stream">To the server.</param>
    /// <param name="canResume">An earlier session is gone on with, where the server lets one, which costs both little.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<SslStream> SecureAsync(Stream stream, bool canResume, CancellationToken cancellation)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(SecureOptions(canResume), cancellation);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
