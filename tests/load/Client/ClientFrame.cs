using Gateway.Core.Framing;

namespace Gateway.Load.Client;

/// <summary>A client's frame: masked.</summary>
internal static class ClientFrame
{
    // A step of a Weyl sequence: a key of its own for every frame at the price of an addition. Nothing on loopback needs more.
    private const uint KeyStep = 0x9E3779B9;

    [ThreadStatic]
    private static uint t_key;

    /// <summary>Encodes a frame and returns its length.</summary>
    public static int Write(Span<byte> destination, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        t_key += KeyStep;
        var size = new FrameHeader(fin: true, rsv: 0, opcode, payload.Length, t_key).Write(destination);
        Masking.Apply(payload, destination[size..], t_key);
        return size + payload.Length;
    }
}
