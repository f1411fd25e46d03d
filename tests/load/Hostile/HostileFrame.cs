using Gateway.Core.Framing;

namespace Gateway.Load.Hostile;

/// <summary>A client's frame as no honest one would send it.</summary>
internal static class HostileFrame
{
    /// <summary>A key of zero masks nothing.</summary>
    public static byte[] Of(Opcode opcode, bool fin, ReadOnlySpan<byte> payload, byte rsv = 0)
    {
        var bytes = new byte[FrameHeader.MaxSize + payload.Length];
        var size = new FrameHeader(fin, rsv, opcode, payload.Length, maskKey: 0).Write(bytes);
        payload.CopyTo(bytes.AsSpan(size));
        return bytes[..(size + payload.Length)];
    }
}
