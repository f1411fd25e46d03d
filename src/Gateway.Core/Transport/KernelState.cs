using System.Runtime.InteropServices;

namespace Gateway.Core.Transport;

/// <summary>What the kernel knows of one TCP connection, as of now.</summary>
/// <param name="State">Of the connection, as the kernel counts them.</param>
/// <param name="RoundTripMicroseconds">Smoothed.</param>
/// <param name="Retransmits">Segments sent again, ever.</param>
/// <param name="UnansweredRetransmits">Times in a row that a segment, or a probe of a closed window, was sent again without an answer.</param>
/// <param name="UnacknowledgedBytes">In the send buffer and not acknowledged, the unsent ones among them.</param>
/// <param name="UnsentBytes">In the send buffer and not sent: the peer's window is full, or the path's.</param>
/// <param name="CongestionWindow">Segments.</param>
/// <param name="SinceSentMilliseconds">Since data was last sent.</param>
/// <param name="SinceReceivedMilliseconds">Since data last came.</param>
/// <param name="SinceAcknowledgedMilliseconds">Since an acknowledgement last came, be it of a probe.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KernelState(
    TcpState State,
    int RoundTripMicroseconds,
    int Retransmits,
    int UnansweredRetransmits,
    int UnacknowledgedBytes,
    int UnsentBytes,
    int CongestionWindow,
    int SinceSentMilliseconds,
    int SinceReceivedMilliseconds,
    int SinceAcknowledgedMilliseconds);

/// <summary>RFC 9293 §3.3.2, with the numbers of Linux.</summary>
internal enum TcpState : byte
{
    /// <summary>None that is known.</summary>
    Unknown,

    /// <summary>Data flows both ways.</summary>
    Established,

    /// <summary>Being opened by this side.</summary>
    SynSent,

    /// <summary>Being opened by the peer.</summary>
    SynReceived,

    /// <summary>This side has said its last; not acknowledged.</summary>
    FinWait1,

    /// <summary>The same, acknowledged.</summary>
    FinWait2,

    /// <summary>Both have said their last.</summary>
    TimeWait,

    /// <summary>There is none any more.</summary>
    Close,

    /// <summary>The peer has said its last.</summary>
    CloseWait,

    /// <summary>So has this side, after it; not acknowledged.</summary>
    LastAck,

    /// <summary>It listens.</summary>
    Listen,

    /// <summary>Both said their last at once.</summary>
    Closing,
}
