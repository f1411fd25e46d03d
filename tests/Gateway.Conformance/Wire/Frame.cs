using System.Buffers.Binary;
using System.Text;

namespace Gateway.Conformance.Wire;

/// <summary>
/// What a client writes, right or wrong, in the plainest way (RFC 6455 §5.2). Nothing here is shared with the node: what both
/// misunderstood would stand out nowhere.
/// </summary>
internal static class Frame
{
    private static readonly byte[] Key = [0x37, 0xFA, 0x21, 0x3D]; // the RFC's own, §5.7

    public static byte[] Text(string text, bool fin = true) => Of(Opcode.Text, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Text(byte[] bytes, bool fin = true) => Of(Opcode.Text, bytes, fin);

    public static byte[] Binary(byte[] bytes, bool fin = true) => Of(Opcode.Binary, bytes, fin);

    public static byte[] More(string text, bool fin = false) => Of(Opcode.Continuation, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] More(byte[] bytes, bool fin = false) => Of(Opcode.Continuation, bytes, fin);

    public static byte[] Last(string text) => More(text, fin: true);

    public static byte[] Last(byte[] bytes) => More(bytes, fin: true);

    public static byte[] Ping(string text = "") => Of(Opcode.Ping, Encoding.UTF8.GetBytes(text));

    public static byte[] Ping(byte[] bytes) => Of(Opcode.Ping, bytes);

    public static byte[] Pong(string text = "") => Of(Opcode.Pong, Encoding.UTF8.GetBytes(text));

    public static byte[] Close() => Of(Opcode.Close, []);

    public static byte[] Close(int code, string reason = "") => Close(code, Encoding.UTF8.GetBytes(reason));

    public static byte[] Close(int code, byte[] reason) => Of(Opcode.Close, [(byte)(code >> 8), (byte)code, .. reason]);

    /// <param name="opcode">Also one that is not defined.</param>
    /// <param name="payload">Unmasked.</param>
    /// <param name="fin">Whether it is a message's last.</param>
    /// <param name="rsv">RSV1 is 4.</param>
    /// <param name="key">Null: not masked.</param>
    /// <param name="lengthBytes">2 or 8: so many bytes for the length, needed or not; 0: as many as it needs.</param>
    public static byte[] Of(Opcode opcode, byte[] payload, bool fin, int rsv, byte[]? key, int lengthBytes = 0)
    {
        if (lengthBytes == 0)
            lengthBytes = payload.Length < 126 ? 1 : payload.Length < 65536 ? 2 : 8;
        var length = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
        var mask = key is null ? 0 : 0x80;
        return
        [
            (byte)((fin ? 0x80 : 0) | (rsv << 4) | (int)opcode),
            .. lengthBytes switch
            {
                1 => [(byte)(mask | payload.Length)],
                2 => [(byte)(mask | 126), .. length[6..]],
                _ => (byte[])[(byte)(mask | 127), .. length],
            },
            .. key ?? [],
            .. key is null ? payload : [.. payload.Select((b, i) => (byte)(b ^ key[i % 4]))],
        ];
    }

    public static byte[] Of(Opcode opcode, byte[] payload, bool fin = true, int rsv = 0) => Of(opcode, payload, fin, rsv, Key);

    /// <summary>A message in pieces of a size.</summary>
    public static byte[] Fragments(Opcode opcode, byte[] payload, int size, int rsv = 0)
    {
        var pieces = payload.Chunk(size).ToArray();
        return [.. pieces.SelectMany((piece, i) => Of(i == 0 ? opcode : Opcode.Continuation, piece, i == pieces.Length - 1, i == 0 ? rsv : 0))];
    }
}
