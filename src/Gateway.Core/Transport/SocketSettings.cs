using System.Net.Sockets;
using Gateway.Core.Options;

namespace Gateway.Core.Transport;

/// <summary>
/// Settings of the listening socket. Linux hands every one of them down to the sockets it accepts, which saves four system calls a
/// connection; a test reads them back from an accepted one.
/// </summary>
internal static class SocketSettings
{
    // netinet/tcp.h
    public const int TcpUserTimeout = 18;
    public const int TcpNotSentLowWater = 25;
    private const int IpProtoTcp = 6;

    public static void Apply(Socket socket, TransportOptions options)
    {
        // SO_REUSEADDR, with which a restarted node takes its port back while old connections linger in TIME_WAIT, is what .NET binds
        // with on Unix anyway. Its own ReuseAddress option would set SO_REUSEPORT too, and two nodes would share a port in silence.
        // Replies are corked by the gateway itself: what is sent is meant to leave.
        socket.NoDelay = true;
        socket.SendBufferSize = options.SendBufferBytes;
        if (!OperatingSystem.IsLinux())
            return;
        // Not by default. Linux counts from when a window closed or a segment was lost and, where the peer's buffer is small, does not begin anew
        // when it has caught up: a client that pauses two seconds and reads six, again and again, is reset after the timeout of 30 seconds.
        if (options.UserTimeout > TimeSpan.Zero)
            SetTcp(socket, TcpUserTimeout, (int)options.UserTimeout.TotalMilliseconds);
        if (options.NotSentLowWaterBytes > 0)
            SetTcp(socket, TcpNotSentLowWater, options.NotSentLowWaterBytes);
    }

    public static int GetTcp(Socket socket, int option)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(IpProtoTcp, option, value);
        return BitConverter.ToInt32(value);
    }

    private static void SetTcp(Socket socket, int option, int value) =>
        socket.SetRawSocketOption(IpProtoTcp, option, BitConverter.GetBytes(value));
}
