using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>What clients say, as bytes.</summary>
internal static class ClientBytes
{
    private const uint Key = 0x37FA213D;

    public static byte[] Upgrade(string path = "/", string headers = "") => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n");

    public static byte[] Text(string text) => Frame(Opcode.Text, Encoding.UTF8.GetBytes(text));

    public static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[FrameHeader.MaxSize + payload.Length];
        var size = new FrameHeader(fin: true, rsv: 0, opcode, payload.Length, Key).Write(bytes);
        payload.CopyTo(bytes.AsSpan(size));
        Masking.Apply(bytes.AsSpan(size, payload.Length), Key);
        return bytes[..(size + payload.Length)];
    }
}
