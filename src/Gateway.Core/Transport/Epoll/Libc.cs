using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Core.Transport.Epoll;

/// <summary>The system calls of the epoll back end. Linux only; the numbers are those of x86-64 and arm64.</summary>
internal static unsafe partial class Libc
{
    public const int NonBlocking = 0x800; // O_NONBLOCK, SOCK_NONBLOCK, EFD_NONBLOCK
    public const int CloseOnExec = 0x80000; // O_CLOEXEC and its kin
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL

    public const int ShutdownWrite = 1; // SHUT_WR

    public const int LevelSocket = 1; // SOL_SOCKET
    public const int Linger = 13; // SO_LINGER

    private const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint RawReceive(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint RawSend(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int RawAccept(int fd, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    public static partial int Shutdown(int fd, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetOption(int fd, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getpeername")]
    public static partial int GetPeerName(int fd, byte* address, ref int length);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    public static partial int GetSocketName(int fd, byte* address, ref int length);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* pollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd_write")]
    public static partial int EventFdWrite(int fd, ulong value);

    /// <summary>Receives without waiting.</summary>
    public static int Receive(int fd, Span<byte> destination, out SocketError error)
    {
        fixed (byte* bytes = destination)
        {
            while (true)
            {
                var received = RawReceive(fd, bytes, destination.Length, 0);
                error = received >= 0 ? SocketError.Success : LastError();
                if (error != SocketError.Interrupted)
                    return (int)Math.Max(received, 0);
            }
        }
    }

    /// <summary>Sends without waiting.</summary>
    public static int Send(int fd, ReadOnlySpan<byte> source, out SocketError error)
    {
        fixed (byte* bytes = source)
        {
            while (true)
            {
                var sent = RawSend(fd, bytes, source.Length, NoSignal);
                error = sent >= 0 ? SocketError.Success : LastError();
                if (error != SocketError.Interrupted)
                    return (int)Math.Max(sent, 0);
            }
        }
    }

    /// <summary>Accepts a client, whose socket never blocks.</summary>
    public static int Accept(int fd, out SocketError error)
    {
        while (true)
        {
            var accepted = RawAccept(fd, 0, 0, NonBlocking | CloseOnExec);
            error = accepted >= 0 ? SocketError.Success : LastError();
            if (error != SocketError.Interrupted)
                return accepted;
        }
    }

    /// <summary>Those that these calls return, as the runtime names them.</summary>
    public static SocketError LastError() => Marshal.GetLastPInvokeError() switch
    {
        1 => SocketError.AccessDenied, // EPERM
        Interrupted => SocketError.Interrupted, // EINTR
        9 => SocketError.OperationAborted, // EBADF
        11 => SocketError.WouldBlock, // EAGAIN
        12 or 28 or 105 => SocketError.NoBufferSpaceAvailable, // ENOMEM, ENOSPC (fs.epoll.max_user_watches), ENOBUFS
        22 => SocketError.InvalidArgument, // EINVAL
        23 or 24 => SocketError.TooManyOpenSockets, // ENFILE, EMFILE
        32 => SocketError.Shutdown, // EPIPE
        88 => SocketError.NotSocket, // ENOTSOCK
        100 => SocketError.NetworkDown, // ENETDOWN
        101 => SocketError.NetworkUnreachable, // ENETUNREACH
        103 => SocketError.ConnectionAborted, // ECONNABORTED
        104 => SocketError.ConnectionReset, // ECONNRESET
        110 => SocketError.TimedOut, // ETIMEDOUT
        111 => SocketError.ConnectionRefused, // ECONNREFUSED
        112 => SocketError.HostDown, // EHOSTDOWN
        113 => SocketError.HostUnreachable, // EHOSTUNREACH
        _ => SocketError.ProtocolNotSupported, // none that is known: the connection's own
    };
}
