using System.Runtime.InteropServices;

namespace Gateway.Load.Client;

/// <summary>
/// The system calls of the client. Without the class <c>Socket</c> a connection is a descriptor and a few bytes in an array, so that the
/// load costs the machine that it shares with the node as little as possible.
/// </summary>
internal static unsafe partial class Libc
{
    public const int AddressFamilyInet = 2;
    public const int StreamNonBlockingCloseOnExec = 1 | 0x800 | 0x80000;
    public const int NoSignal = 0x4000;

    public const int LevelIp = 0;
    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int SocketError = 4;
    public const int ReceiveBuffer = 8;
    public const int TcpNoDelay = 1;

    /// <summary>A bound address takes its port when it connects, by the whole of both addresses: else one port serves one connection (ip(7)).</summary>
    public const int BindAddressNoPort = 24;

    public const int TryAgain = 11;
    public const int InProgress = 115;

    public const int PriorityOfProcess = 0;
    public const int LowestPriority = 19;

    public const int SigKill = 9;
    public const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int fd, in SocketAddress address, int length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int fd, in SocketAddress address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int fd, int level, int option, in int value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int fd, int level, int option, out int value, ref int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* pollEvent);

    /// <summary>Of a process, or, as Linux has it, of one thread: <paramref name="who"/> 0 is the calling one.</summary>
    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetPriority(int which, int who, int priority);

    /// <summary>Since Linux 5.11 and glibc 2.35.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int count, in TimeSpec atMost, nint signals);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    /// <summary><c>timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary><c>sockaddr_in</c>; port and address in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SocketAddress
    {
        public ushort Family;
        public ushort Port;
        public uint Address;
        public ulong Zero;

        public static int Size => sizeof(SocketAddress);
    }
}
