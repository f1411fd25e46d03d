using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Gateway.Core.Framing;

/// <summary>A close frame's payload: nothing, or a code of two bytes and a reason in UTF-8 (RFC 6455 §5.5.1).</summary>
internal static class ClosePayload
{
    /// <summary>Longest reason: a control frame's payload less the code.</summary>
    public const int MaxReasonBytes = FrameRules.MaxControlPayload - sizeof(ushort);

    /// <summary>
    /// Reads a payload that <see cref="FrameRules.JudgeClose"/> found good; one without a code is <see cref="CloseCode.NoStatus"/>
    /// (§7.1.5).
    /// </summary>
    public static (CloseCode Code, string Reason) Parse(ReadOnlySpan<byte> payload) =>
        payload.Length < sizeof(ushort)
            ? (CloseCode.NoStatus, "")
            : ((CloseCode)BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload[sizeof(ushort)..]));

    /// <summary>
    /// Writes a payload and returns its length. A reason that is too long ends at the last character that fits; a code that must not stand
    /// in a frame (§7.4.1) makes an empty payload.
    /// </summary>
    /// <param name="destination">At least <see cref="FrameRules.MaxControlPayload"/> bytes.</param>
    /// <param name="code">Why the connection ends.</param>
    /// <param name="reason">The same in words.</param>
    public static int Write(Span<byte> destination, CloseCode code, ReadOnlySpan<char> reason)
    {
        if (!FrameRules.IsValidOnTheWire((ushort)code))
            return 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)code);
        // The status is not looked at: "destination too small" is the truncation, which never cuts a character.
        _ = Utf8.FromUtf16(reason, destination.Slice(sizeof(ushort), MaxReasonBytes), out _, out var written);
        return sizeof(ushort) + written;
    }
}
