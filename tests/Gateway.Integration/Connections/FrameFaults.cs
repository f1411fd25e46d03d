using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Connections;

/// <summary>Every way in which RFC 6455 lets a client's frames be wrong, by name, with the close code that answers it.</summary>
internal static class FrameFaults
{
    /// <summary>The node's limit in these tests.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    private static readonly byte[] Key = [0, 0, 0, 0];

    public static IReadOnlyDictionary<string, (byte[] Bytes, int Code)> ByName { get; } = All().ToDictionary(fault => fault.Name, fault => (fault.Bytes, fault.Code));

    private static IEnumerable<(string Name, byte[] Bytes, int Code)> All()
    {
        // §5.2
        foreach (var rsv in (byte[])[1, 2, 4, 7])
            yield return ($"reserved bits {rsv}", WsClient.Frame(Opcode.Text, "a"u8, rsv: rsv), 1002);
        yield return ("reserved bit of a ping", WsClient.Frame(Opcode.Ping, "a"u8, rsv: 4), 1002);
        yield return ("reserved bit of a continuation", [.. Start("a"u8), .. WsClient.Frame(Opcode.Continuation, "b"u8, rsv: 4)], 1002);
        foreach (var opcode in (int[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
            yield return ($"reserved opcode {opcode}", WsClient.Frame((Opcode)opcode, "a"u8), 1002);
        yield return ("length 125 in 16 bits", [0x82, 0xFE, 0, 125, .. Key, .. new byte[125]], 1002);
        yield return ("length 65535 in 64 bits", [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, .. Key, .. new byte[65535]], 1002);
        yield return ("top bit of the length", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0, .. Key], 1002);

        // §5.1
        yield return ("unmasked text", WsClient.Frame(Opcode.Text, "a"u8, masked: false), 1002);
        yield return ("unmasked ping", WsClient.Frame(Opcode.Ping, [], masked: false), 1002);
        yield return ("unmasked close", WsClient.Frame(Opcode.Close, [], masked: false), 1002);

        // §5.4
        yield return ("continuation of nothing", WsClient.Frame(Opcode.Continuation, "a"u8), 1002);
        yield return ("continuation of nothing, not final", WsClient.Frame(Opcode.Continuation, "a"u8, fin: false), 1002);
        yield return ("continuation after the end", [.. Start("a"u8), .. WsClient.Frame(Opcode.Continuation, "b"u8), .. WsClient.Frame(Opcode.Continuation, "c"u8)], 1002);
        yield return ("text within a message", [.. Start("a"u8), .. WsClient.Frame(Opcode.Text, "b"u8)], 1002);
        yield return ("binary within a message", [.. Start("a"u8), .. WsClient.Frame(Opcode.Binary, "b"u8)], 1002);

        // §5.5
        foreach (var opcode in (Opcode[])[Opcode.Close, Opcode.Ping, Opcode.Pong])
        {
            yield return ($"fragmented {opcode}", WsClient.Frame(opcode, [], fin: false), 1002);
            yield return ($"{opcode} of 126 bytes", WsClient.Frame(opcode, new byte[126]), 1002);
            yield return ($"{opcode} of 64 KiB", WsClient.Frame(opcode, new byte[65536]), 1002);
        }

        // §5.5.1, §7.4
        yield return ("close of one byte", WsClient.Frame(Opcode.Close, [3]), 1002);
        foreach (var code in (int[])[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
            yield return ($"close code {code}", WsClient.Frame(Opcode.Close, [(byte)(code >> 8), (byte)code]), 1002);
        yield return ("close reason not UTF-8", WsClient.Frame(Opcode.Close, [0x03, 0xE8, 0xC3, 0x28]), 1007);
        yield return ("close reason cut within a character", WsClient.Frame(Opcode.Close, [0x03, 0xE8, (byte)'a', 0xE2, 0x82]), 1007);

        // §8.1
        yield return ("text not UTF-8", WsClient.Frame(Opcode.Text, [0xC3, 0x28]), 1007);
        yield return ("text cut within a character", WsClient.Frame(Opcode.Text, [(byte)'a', 0xF0, 0x9F, 0x98]), 1007);
        yield return ("surrogate in text", WsClient.Frame(Opcode.Text, [0xED, 0xA0, 0x80]), 1007);
        yield return ("overlong text", WsClient.Frame(Opcode.Text, [0xC0, 0x80]), 1007);
        yield return ("text above U+10FFFF", WsClient.Frame(Opcode.Text, [0xF4, 0x90, 0x80, 0x80]), 1007);
        yield return ("text not UTF-8 across fragments", [.. Start([0xE2, 0x82]), .. WsClient.Frame(Opcode.Continuation, [0x28])], 1007);
        yield return ("unfinished text not UTF-8", [.. Start([(byte)'a', 0xFF])], 1007);
        yield return ("unfinished frame not UTF-8", WsClient.Frame(Opcode.Text, [0xFF, .. new byte[100]])[..20], 1007);

        // §10.4
        yield return ("message too big", WsClient.Frame(Opcode.Binary, new byte[MaxMessageBytes + 1]), 1009);
        yield return ("claim of a message too big", WsClient.Frame(Opcode.Binary, new byte[MaxMessageBytes + 1])[..14], 1009);
        yield return ("claim of the largest length", [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. Key], 1009);
        yield return ("fragments too big together", [.. Start(Encoding.ASCII.GetBytes(new string('a', MaxMessageBytes))), .. WsClient.Frame(Opcode.Continuation, "b"u8)], 1009);
        yield return ("empty fragments without end", [.. Start([]), .. Enumerable.Repeat(WsClient.Frame(Opcode.Continuation, [], fin: false), 65_535).SelectMany(frame => frame)], 1009);
    }

    /// <summary>The first fragment of a text.</summary>
    private static byte[] Start(ReadOnlySpan<byte> payload) => WsClient.Frame(Opcode.Text, payload, fin: false);
}
