using System.Net;
using System.Net.Sockets;

namespace Gateway.Core.Transport.Epoll;

/// <summary>
/// A client's socket as a bare descriptor under an <see cref="EpollEngine"/>. What waits is a byte of this object that an event changes; an
/// idle one owns nothing else. The descriptor is closed when nobody uses it any more, so that no
/// call can hit another client's.
/// </summary>
internal sealed unsafe partial class EpollTransport(int fd, EpollEngine engine, TransportContext context)
    : SocketTransport(context), IEpollHandler
{
    private const int SocketAddressBytes = 128; // struct sockaddr_storage

    private Rendezvous _arrival; // where the receive chain waits for an event
    private volatile bool _isEnding; // no more events come: the receive chain asks until it is told of the end or an error
    private bool _peerEnded; // owned by the receive chain

    public uint Generation { get; set; }

    public bool MayWait => Handler.IsUnfinished;

    public EpollEvents Waiting { get; set; }

    public override EndPoint? RemoteEndPoint => EndPointOf(Libc.GetPeerName);

    public override EndPoint? LocalEndPoint => EndPointOf(Libc.GetSocketName);

    protected override bool IsThreadCrowded => EpollEngine.IsThreadCrowded;

    private delegate int ReadName(int fd, byte* address, ref int length);

    public void OnEvents(EpollEvents events)
    {
        if ((events & (EpollEvents.Writable | EpollEvents.Error | EpollEvents.HangUp)) != 0)
            OnWritable();
        if ((events & (EpollEvents.Readable | EpollEvents.PeerEnded | EpollEvents.Error | EpollEvents.HangUp)) != 0)
            OnReadable((events & (EpollEvents.PeerEnded | EpollEvents.Error | EpollEvents.HangUp)) != 0);
    }

    public override KernelState? ReadKernelState()
    {
        if (!TryHold())
            return null;
        var state = TcpInfo.Read(fd);
        Release();
        return state;
    }

    public override void Shutdown()
    {
        if (!TryHold())
            return;
        _ = Libc.Shutdown(fd, Libc.ShutdownWrite);
        Release();
    }

    protected override SocketError Prepare()
    {
        const EpollEvents events = EpollEvents.Readable | EpollEvents.Writable | EpollEvents.PeerEnded | EpollEvents.EdgeTriggered;
        return engine.TryRegister(fd, this, events) ? SocketError.Success : Libc.LastError();
    }

    protected override bool TryWaitReadable(out bool isPending)
    {
        // Edge-triggered: data and the peer's end may be one event, so after the data there is more to ask for.
        isPending = !_isEnding && _arrival.TryPark();
        // An Abort that came just before did not see it parked.
        if (!isPending || !IsAborted || !_arrival.TryTake())
            return true;
        Release();
        return false;
    }

    protected override bool TryWaitForOthers()
    {
        if (!engine.TryPutOff(fd, this))
            return false;
        // As if the next event were on its way. One that comes meanwhile is as good.
        return !TryWaitReadable(out var isPending) || isPending;
    }

    protected override int ReceiveInto(Span<byte> destination, out SocketError error)
    {
        if (IsAborted)
        {
            error = SocketError.OperationAborted;
            return 0;
        }

        var received = Libc.Receive(fd, destination, out error);
        if (received == 0 && error == SocketError.Success)
            _peerEnded = true;
        return received;
    }

    protected override void EndWaits()
    {
        EndPendingSend();
        if (_arrival.TryTake())
            Release();
    }

    protected override void OnReleased()
    {
        engine.Forget(fd);
        // Unsent bytes of an aborted stream would stay in the kernel for minutes: a reset drops them. After the peer's end the close is a clean
        // one.
        if (!_peerEnded)
        {
            var linger = stackalloc int[2] { 1, 0 }; // on, for no time
            _ = Libc.SetOption(fd, Libc.LevelSocket, Libc.Linger, linger, 2 * sizeof(int));
        }

        _ = Libc.Close(fd);
    }

    private void OnReadable(bool isEnd)
    {
        if (isEnd)
            _isEnding = true;
        if (_arrival.Signal())
            Receive(isReadable: true);
    }

    private IPEndPoint? EndPointOf(ReadName read)
    {
        if (!TryHold())
            return null; // gone before it was asked
        var bytes = stackalloc byte[SocketAddressBytes];
        var length = SocketAddressBytes;
        var isKnown = read(fd, bytes, ref length) == 0;
        Release();
        if (!isKnown)
            return null;
        var address = new SocketAddress((AddressFamily)(bytes[0] == 2 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6), length);
        new ReadOnlySpan<byte>(bytes, length).CopyTo(address.Buffer.Span);
        var any = address.Family == AddressFamily.InterNetwork ? new IPEndPoint(IPAddress.Any, 0) : new IPEndPoint(IPAddress.IPv6Any, 0);
        return (IPEndPoint)any.Create(address);
    }
}
