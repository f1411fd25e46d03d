using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;

namespace Gateway.Load.Client;

/// <summary>A non-blocking TCP socket, which is its descriptor.</summary>
internal static unsafe class RawSocket
{
    // One source address has 28,000 ports, some of them in TIME_WAIT after a churn.
    private static readonly IPAddress[] Sources = [.. Enumerable.Range(1, 8).Select(last => new IPAddress([127, 0, 1, (byte)last]))];

    /// <summary>The source address of a client, by its number.</summary>
    public static IPAddress SourceOf(int number) => Sources[number % Sources.Length];

    /// <summary>Begins to connect; writable when that has ended.</summary>
    /// <param name="target">On loopback.</param>
    /// <param name="source">On loopback; null: the system's choice.</param>
    /// <param name="receiveBuffer">Bytes; 0: the system's.</param>
    /// <exception cref="Win32Exception">No descriptor or no port is left.</exception>
    public static int Connect(IPEndPoint target, IPAddress? source = null, int receiveBuffer = 0)
    {
        var fd = Check(Libc.Socket(Libc.AddressFamilyInet, Libc.StreamNonBlockingCloseOnExec, 0));
        Set(fd, Libc.LevelTcp, Libc.TcpNoDelay, 1);
        if (receiveBuffer > 0)
            Set(fd, Libc.LevelSocket, Libc.ReceiveBuffer, receiveBuffer);
        if (source is not null)
            Bind(fd, source);
        var error = Libc.Connect(fd, Address(target), Libc.SocketAddress.Size) == 0 ? Libc.InProgress : Marshal.GetLastPInvokeError();
        if (error == Libc.InProgress)
            return fd;
        _ = Libc.Close(fd);
        throw new Win32Exception(error);
    }

    /// <summary>How connecting has ended; 0: well.</summary>
    public static int ConnectError(int fd)
    {
        var length = sizeof(int);
        Check(Libc.GetOption(fd, Libc.LevelSocket, Libc.SocketError, out var error, ref length));
        return error;
    }

    /// <summary>Bytes taken, 0 when the socket is full, -1 when it is broken.</summary>
    public static int Send(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var sent = Libc.Send(fd, start, bytes.Length, Libc.NoSignal);
            return sent >= 0 ? (int)sent : Marshal.GetLastPInvokeError() == Libc.TryAgain ? 0 : -1;
        }
    }

    /// <summary>Bytes received, 0 at the end, -1 when nothing is there, -2 when the connection is broken.</summary>
    public static int Receive(int fd, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var received = Libc.Receive(fd, start, bytes.Length, 0);
            return received >= 0 ? (int)received : Marshal.GetLastPInvokeError() == Libc.TryAgain ? -1 : -2;
        }
    }

    private static void Bind(int fd, IPAddress source)
    {
        Set(fd, Libc.LevelIp, Libc.BindAddressNoPort, 1);
        Check(Libc.Bind(fd, Address(new IPEndPoint(source, 0)), Libc.SocketAddress.Size));
    }

    private static Libc.SocketAddress Address(IPEndPoint endPoint) => new()
    {
        Family = Libc.AddressFamilyInet,
        Port = (ushort)IPAddress.HostToNetworkOrder((short)endPoint.Port),
        Address = BitConverter.ToUInt32(endPoint.Address.GetAddressBytes()),
    };

    private static void Set(int fd, int level, int option, int value) => Check(Libc.SetOption(fd, level, option, value, sizeof(int)));

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
