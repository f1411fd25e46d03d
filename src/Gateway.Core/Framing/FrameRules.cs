using System.Buffers.Binary;
using System.Text.Unicode;

namespace Gateway.Core.Framing;

/// <summary>Every MUST of RFC 6455 that a client's frame can break. It decodes nothing that it does not judge.</summary>
internal static class FrameRules
{
    /// <summary>RFC 6455 §5.5.</summary>
    public const int MaxControlPayload = 125;

    /// <summary>
    /// Judges as much of a client's frame header as has come, byte by byte in the wire's order, so that the verdict does not depend on how
    /// the bytes were cut. Bytes behind the header are not looked at.
    /// </summary>
    /// <param name="header">The header's first bytes, one at least.</param>
    /// <param name="inMessage">Whether a fragmented message waits for its continuation.</param>
    /// <param name="negotiatedRsv">
    /// The bits, as in <see cref="FrameHeader.Rsv"/>, that an extension gave a meaning in a message's first frame.
    /// </param>
    public static ProtocolError Judge(ReadOnlySpan<byte> header, bool inMessage, byte negotiatedRsv = 0)
    {
        var error = JudgeFirstByte(header[0], inMessage, negotiatedRsv);
        if (error != ProtocolError.None || header.Length < 2)
            return error;
        error = JudgeSecondByte(header[0], header[1]);
        if (error != ProtocolError.None || (header[1] & FrameHeader.LengthBits) < FrameHeader.Length16)
            return error;
        return JudgeExtendedLength(header[1], header[2..]);
    }

    /// <summary>Judges a close frame's whole payload.</summary>
    public static ProtocolError JudgeClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return ProtocolError.None;
        // §5.5.1: if there is a body, its first two bytes are the code.
        if (payload.Length == 1)
            return ProtocolError.ClosePayloadOfOneByte;
        if (!IsValidOnTheWire(BinaryPrimitives.ReadUInt16BigEndian(payload)))
            return ProtocolError.InvalidCloseCode;
        // §5.5.1: the reason is UTF-8; §8.1 says how an error in it ends.
        return Utf8.IsValid(payload[2..]) ? ProtocolError.None : ProtocolError.InvalidUtf8InCloseReason;
    }

    /// <summary>
    /// §7.4.1 and §7.4.2: 0 to 999 are not used, 1004 is undefined, 1005, 1006 and 1015 never stand in a frame, 1016 to 2999 are
    /// unassigned, and 5000 and above are outside. 1012 to 1014 came by the IANA registry.
    /// </summary>
    public static bool IsValidOnTheWire(ushort code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private static ProtocolError JudgeFirstByte(byte first, bool inMessage, byte negotiatedRsv)
    {
        var opcode = (Opcode)(first & FrameHeader.OpcodeBits);
        var rsv = (first & FrameHeader.RsvBits) >> 4;
        // §5.2: MUST be 0 unless an extension is negotiated; RFC 7692 §6.1 uses RSV1 in a message's first frame only.
        if (rsv != 0 && (rsv & ~(opcode is Opcode.Text or Opcode.Binary ? negotiatedRsv : 0)) != 0)
            return ProtocolError.ReservedBits;

        switch (opcode)
        {
            case Opcode.Text or Opcode.Binary:
                // §5.4: fragments of one message MUST NOT be interleaved with another's.
                return inMessage ? ProtocolError.ExpectedContinuation : ProtocolError.None;
            case Opcode.Continuation:
                // §5.4: a fragmented message begins with a frame whose opcode is not 0.
                return inMessage ? ProtocolError.None : ProtocolError.UnexpectedContinuation;
            case Opcode.Close or Opcode.Ping or Opcode.Pong:
                // §5.5: control frames MUST NOT be fragmented.
                return (first & FrameHeader.FinBit) != 0 ? ProtocolError.None : ProtocolError.FragmentedControlFrame;
            default:
                // §5.2: an unknown opcode fails the connection.
                return ProtocolError.ReservedOpcode;
        }
    }

    private static ProtocolError JudgeSecondByte(byte first, byte second)
    {
        // §5.1: a server MUST close the connection upon an unmasked frame.
        if ((second & FrameHeader.MaskBit) == 0)
            return ProtocolError.UnmaskedFrame;
        // §5.5: control frames MUST have a payload of 125 bytes or less.
        if ((second & FrameHeader.LengthBits) > MaxControlPayload && ((Opcode)(first & FrameHeader.OpcodeBits)).IsControl())
            return ProtocolError.ControlFrameTooLong;
        return ProtocolError.None;
    }

    /// <summary>
    /// §5.2: the minimal number of bytes MUST be used, and the top bit of 64 MUST be 0. Each is judged by the first bytes that decide it.
    /// </summary>
    private static ProtocolError JudgeExtendedLength(byte second, ReadOnlySpan<byte> length)
    {
        if ((second & FrameHeader.LengthBits) == FrameHeader.Length16)
        {
            return length.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(length) < FrameHeader.Length16
                ? ProtocolError.LengthNotMinimal
                : ProtocolError.None;
        }

        if (length.IsEmpty)
            return ProtocolError.None;
        if (length[0] >= 0x80)
            return ProtocolError.LengthTopBit;
        // 16 bits would have been enough when the upper six bytes are 0.
        return length.Length >= 6 && length[..6].IndexOfAnyExcept((byte)0) < 0 ? ProtocolError.LengthNotMinimal : ProtocolError.None;
    }
}
