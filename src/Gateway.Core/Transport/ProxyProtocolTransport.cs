using System.Net;
using System.Net.Sockets;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport;

/// <summary>
/// Takes the PROXY header off the begin of a stream and answers with the addresses it names. What is above exists from the start, so that
/// the handshake's deadline is the header's too; after the header everything is passed on: one call a receive turn and one a send, 1.5
/// nanoseconds together beside system calls of microseconds.
/// </summary>
internal sealed class ProxyProtocolTransport(ITransport transport, ProxyProtocolAcceptor acceptor) : ITransport, ITransportHandler
{
    private ITransportHandler _handler = null!; // set before the first receive
    private bool _isHeaderRead; // owned by the receive chain
    private ProxyProtocolHeader _header; // written before anything is passed on

    public EndPoint? RemoteEndPoint => _header.Source ?? transport.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _header.Destination ?? transport.LocalEndPoint;

    public bool IsUnfinished => !_isHeaderRead || _handler.IsUnfinished;

    public KernelState? ReadKernelState() => transport.ReadKernelState();

    public void Begin(ITransportHandler handler) => _handler = handler;

    public ReceiveResult OnReceived(Span<byte> bytes) => _isHeaderRead ? _handler.OnReceived(bytes) : ReceiveHeader(bytes);

    public void OnShort()
    {
        if (_isHeaderRead)
            _handler.OnShort();
        else
            transport.Abort(); // nobody knows who would read an answer
    }

    public void OnEnd() => _handler.OnEnd();

    public void OnSent() => _handler.OnSent();

    public void OnClosed(SocketError error) => _handler.OnClosed(error);

    public int TrySend(ReadOnlySpan<byte> bytes) => transport.TrySend(bytes);

    public bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner) => transport.SendRemainder(bytes, owner);

    public long UnconsumedBytes => transport.UnconsumedBytes;

    public void Discard() => transport.Discard();

    public void Resume() => transport.Resume();

    public void Shutdown() => transport.Shutdown();

    public void Abort() => transport.Abort();

    private ReceiveResult ReceiveHeader(Span<byte> bytes)
    {
        if (!ProxyProtocolHeader.TryRead(bytes, out _header, out var consumed, out var fault))
        {
            if (fault == ProxyProtocolFault.None)
                return new ReceiveResult(0, ReceiveAction.Continue);
            acceptor.Refuse(transport, fault);
            return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        }

        _isHeaderRead = true;
        if (consumed == bytes.Length)
            return new ReceiveResult(consumed, ReceiveAction.Continue);
        var result = _handler.OnReceived(bytes[consumed..]);
        return result with { Consumed = consumed + result.Consumed };
    }
}
