namespace Gateway.Core.Transport.Epoll;

/// <summary>What the kernel says of a socket, epoll_ctl(2).</summary>
[Flags]
internal enum EpollEvents : uint
{
    None = 0,
    Readable = 0x001, // EPOLLIN
    Writable = 0x004, // EPOLLOUT
    Error = 0x008, // EPOLLERR
    HangUp = 0x010, // EPOLLHUP
    PeerEnded = 0x2000, // EPOLLRDHUP
    EdgeTriggered = 1u << 31, // EPOLLET
}
