using System.Net.Sockets;

namespace Gateway.Core.Transport;

/// <summary>What a transport calls: the connection. Receive calls never overlap.</summary>
internal interface ITransportHandler
{
    /// <summary>
    /// Whether the peer is in the middle of something: it has sent a part, or is not let in yet. Where a crowd is waiting, those who have said
    /// what they had to say need not wait for it. Asked on any thread, of the moment.
    /// </summary>
    bool IsUnfinished { get; }

    /// <summary>Bytes came. They are valid, and may be overwritten, during the call only.</summary>
    ReceiveResult OnReceived(Span<byte> bytes);

    /// <summary>
    /// The node has no room for what the handler has left unconsumed: it is to say its farewell. Nothing is presented any more.
    /// </summary>
    void OnShort();

    /// <summary>The peer has sent its last byte. It may still read.</summary>
    void OnEnd();

    /// <summary>A pending <see cref="ITransport.SendRemainder"/> has been sent.</summary>
    void OnSent();

    /// <summary>The stream is gone and no operation is pending: the last call, exactly once.</summary>
    void OnClosed(SocketError error);
}

/// <summary>What the handler made of the received bytes.</summary>
/// <param name="Consumed">
/// Bytes it is done with, from the first on. The others come again, in front of what follows: with <see cref="ReceiveAction.Continue"/> at
/// most <see cref="Buffers.ThreadBlock.SpillBytes"/>.
/// </param>
/// <param name="Action">What the transport does next.</param>
internal readonly record struct ReceiveResult(int Consumed, ReceiveAction Action);

internal enum ReceiveAction : byte
{
    /// <summary>Goes on when more has come.</summary>
    Continue,

    /// <summary>Presents the rest again after other connections had their turn.</summary>
    Yield,

    /// <summary>Reads nothing until <see cref="ITransport.Resume"/>, then presents the rest.</summary>
    Pause,

    /// <summary>Throws away all that comes until the peer's end.</summary>
    Discard,
}
