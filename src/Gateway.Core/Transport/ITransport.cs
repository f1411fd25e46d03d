using System.Net;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport;

/// <summary>
/// A byte stream to one client. It pushes what it receives into its <see cref="ITransportHandler"/>; sending never blocks. All members
/// may be called from any thread, but only one thread may be sending at a time: the connection sees to that.
/// </summary>
internal interface ITransport
{
    EndPoint? RemoteEndPoint { get; }

    EndPoint? LocalEndPoint { get; }

    /// <summary>What the kernel knows of the connection; null where it does not say, or when the stream is gone. For operators: it asks the kernel.</summary>
    KernelState? ReadKernelState();

    /// <summary>
    /// Memory of what has come and has not been consumed: what the handler has left, and parts of records. Bytes; read without a lock, from any
    /// thread: for the memory governor.
    /// </summary>
    long UnconsumedBytes { get; }

    /// <summary>
    /// Sends what can be sent at once. Returns the bytes taken, 0 when nothing could be, or -1 when the stream is broken. The bytes that
    /// follow those taken go to <see cref="SendRemainder"/> next, as they are: the transport may have encrypted some of them.
    /// </summary>
    int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Sends all of <paramref name="bytes"/> as the peer takes them. At most one is in flight, and no <see cref="TrySend"/> beside it.
    /// </summary>
    /// <param name="bytes">Stay unchanged until they are sent.</param>
    /// <param name="owner">The block behind the bytes, if rented; the transport returns it in every case.</param>
    /// <returns>
    /// True: pending, and <see cref="ITransportHandler.OnSent"/> follows, or the stream is broken, and
    /// <see cref="ITransportHandler.OnClosed"/> does. False: all has been sent already.
    /// </returns>
    bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner);

    /// <summary>Ends a pause, once per pause; may come before the pausing call has returned.</summary>
    void Resume();

    /// <summary>
    /// Gives up what has come and has not been consumed, at once, and throws away all that follows until the peer's end: for a handler that has
    /// said its farewell, when the node needs the memory. Any thread; what is in the handler's hands in this moment goes when it returns. A
    /// transport that cannot do so keeps it until <see cref="Abort"/>.
    /// </summary>
    void Discard()
    {
    }

    /// <summary>Half-closes: the peer reads to the end of what was sent, then sees the end of the stream.</summary>
    void Shutdown();

    /// <summary>
    /// Ends the stream now. <see cref="ITransportHandler.OnClosed"/> follows, once, when no operation is pending any more; perhaps
    /// before this call returns.
    /// </summary>
    void Abort();
}
