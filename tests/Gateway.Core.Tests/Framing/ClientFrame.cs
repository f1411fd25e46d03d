using System.Runtime.InteropServices;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>Encodes frames as a client does, and as it must not.</summary>
internal static class ClientFrame
{
    public static readonly uint Key = MemoryMarshal.Read<uint>([0x37, 0xFA, 0x21, 0x3D]);

    public static byte[] Encode(Opcode opcode, ReadOnlySpan<byte> payload, bool fin = true, uint? key = null)
    {
        var header = new FrameHeader(fin, 0, opcode, payload.Length, key ?? Key);
        var bytes = new byte[FrameHeader.SizeOf(payload.Length, masked: true) + payload.Length];
        var size = header.Write(bytes);
        for (var i = 0; i < payload.Length; i++)
            bytes[size + i] = (byte)(payload[i] ^ bytes[size - 4 + (i & 3)]);
        return bytes;
    }

    public static byte[] Text(string text, bool fin = true) => Encode(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Text(byte[] bytes, bool fin = true) => Encode(Opcode.Text, bytes, fin);

    public static byte[] Binary(byte[] bytes, bool fin = true) => Encode(Opcode.Binary, bytes, fin);

    public static byte[] Continue(byte[] bytes, bool fin) => Encode(Opcode.Continuation, bytes, fin);

    public static byte[] Close(params byte[] payload) => Encode(Opcode.Close, payload);

    public static byte[] Ping(params byte[] payload) => Encode(Opcode.Ping, payload);

    public static byte[] Pong(params byte[] payload) => Encode(Opcode.Pong, payload);

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
