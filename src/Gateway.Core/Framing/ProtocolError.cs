namespace Gateway.Core.Framing;

/// <summary>Why a peer is read no further: one value for each rule in <see cref="FrameRules"/> and <see cref="MessageReader"/>.</summary>
internal enum ProtocolError : byte
{
    None,
    ReservedBits,
    ReservedOpcode,
    UnmaskedFrame,
    FragmentedControlFrame,
    ControlFrameTooLong,
    UnexpectedContinuation,
    ExpectedContinuation,
    LengthNotMinimal,
    LengthTopBit,
    ClosePayloadOfOneByte,
    InvalidCloseCode,
    InvalidUtf8InCloseReason,
    InvalidUtf8,
    InvalidDeflate,
    TooManyDeflateStreams,
    MessageTooBig,

    /// <summary>No fault of the peer's: the node is short of memory.</summary>
    NoRoom,
}

internal static class ProtocolErrors
{
    /// <summary>The code of the close frame that answers the error.</summary>
    public static CloseCode Code(this ProtocolError error) => error switch
    {
        ProtocolError.None => CloseCode.Normal,
        // RFC 7692 names no code for data that does not decompress. RFC 6455 §7.4.1 has 1007 for data that is not what its type says, and
        // 1002 for frames that break the protocol, which these do not.
        ProtocolError.InvalidUtf8 or ProtocolError.InvalidUtf8InCloseReason or ProtocolError.InvalidDeflate => CloseCode.InvalidData,
        ProtocolError.TooManyDeflateStreams => CloseCode.PolicyViolation,
        ProtocolError.MessageTooBig => CloseCode.MessageTooBig,
        ProtocolError.NoRoom => CloseCode.TryAgainLater,
        _ => CloseCode.ProtocolError,
    };

    /// <summary>The reason of that close frame, <see cref="ClosePayload.MaxReasonBytes"/> at most.</summary>
    public static string Text(this ProtocolError error) => error switch
    {
        ProtocolError.None => "",
        ProtocolError.ReservedBits => "RFC 6455 5.2: reserved bits must be 0 unless an extension uses them",
        ProtocolError.ReservedOpcode => "RFC 6455 5.2: opcodes 3 to 7 and 11 to 15 are reserved",
        ProtocolError.UnmaskedFrame => "RFC 6455 5.1: client frames must be masked",
        ProtocolError.FragmentedControlFrame => "RFC 6455 5.5: control frames must not be fragmented",
        ProtocolError.ControlFrameTooLong => "RFC 6455 5.5: a control frame's payload is 125 bytes at most",
        ProtocolError.UnexpectedContinuation => "RFC 6455 5.4: continuation frame without a message to continue",
        ProtocolError.ExpectedContinuation => "RFC 6455 5.4: new message before the last one's final fragment",
        ProtocolError.LengthNotMinimal => "RFC 6455 5.2: the payload length must be encoded in the fewest bytes",
        ProtocolError.LengthTopBit => "RFC 6455 5.2: the most significant bit of a 64-bit length must be 0",
        ProtocolError.ClosePayloadOfOneByte => "RFC 6455 5.5.1: a close payload begins with a code of 2 bytes",
        ProtocolError.InvalidCloseCode => "RFC 6455 7.4: this close code must not be sent",
        ProtocolError.InvalidUtf8InCloseReason => "RFC 6455 5.5.1: the close reason is not valid UTF-8",
        ProtocolError.InvalidUtf8 => "RFC 6455 8.1: text message is not valid UTF-8",
        ProtocolError.InvalidDeflate => "RFC 7692 7.2.2: the message's compressed data is invalid or cut off",
        ProtocolError.TooManyDeflateStreams => "the message consists of more deflate streams than this server accepts",
        ProtocolError.MessageTooBig => "message is larger than this server accepts",
        ProtocolError.NoRoom => "no room for a message in part at the moment, try again later",
        _ => "protocol error",
    };
}
