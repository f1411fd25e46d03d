using System.IO.Compression;

namespace Gateway.Conformance.Wire;

/// <summary>Compressed payloads, as a client writes them (RFC 7692 §7.2.1), and blocks as no library would.</summary>
internal static class Deflate
{
    /// <summary>"Hello" in one block, RFC 7692 §7.2.3.1.</summary>
    public static byte[] Hello => [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

    /// <summary>"Hello" as a reference to the message before, §7.2.3.2.</summary>
    public static byte[] HelloAgain => [0xF2, 0x00, 0x11, 0x00, 0x00];

    /// <summary>A message of nothing, §7.2.3.6.</summary>
    public static byte[] Empty => [0x00];

    /// <summary>A message by itself.</summary>
    public static byte[] Message(byte[] bytes, CompressionLevel level = CompressionLevel.Optimal) => Messages([bytes], level)[0];

    /// <summary>Messages each of which may refer to the ones before.</summary>
    public static byte[][] Messages(IEnumerable<byte[]> messages, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, level);
        var compressed = new List<byte[]>();
        foreach (var message in messages)
        {
            output.SetLength(0);
            deflate.Write(message);
            deflate.Flush(); // Z_SYNC_FLUSH: ends with the four bytes that §7.2.1 takes off
            var bytes = output.ToArray();
            // Nothing is written where there is nothing to flush.
            compressed.Add(bytes.Length == 0 ? Empty : bytes[..^4]);
        }

        return [.. compressed];
    }

    /// <summary>A block without compression, RFC 1951 §3.2.4; at most 65,535 bytes.</summary>
    public static byte[] Stored(byte[] bytes, bool isFinal = false) =>
    [
        (byte)(isFinal ? 1 : 0), (byte)bytes.Length, (byte)(bytes.Length >> 8), (byte)~bytes.Length, (byte)~(bytes.Length >> 8), .. bytes,
    ];

    /// <summary>A block with the fixed codes that holds one reference of 258 bytes from so far back, then the empty block that ends a message.</summary>
    public static byte[] Reference(int distance)
    {
        var (code, bits) = (0, 0);
        for (; code < 30; code++)
        {
            bits = Math.Max(0, (code / 2) - 1);
            if (distance < Base(code) + (1 << bits))
                break;
        }

        var bytes = new List<byte>();
        var count = 0;
        Write(0b010, 3); // not final, fixed codes: the bits in the order in which they are written
        WriteCode(0b11000101, 8); // 285: 258 bytes
        WriteCode(code, 5);
        Write(distance - Base(code), bits);
        WriteCode(0, 7); // 256: end of the block
        Write(0, 3); // the empty block's begin
        return [.. bytes];

        void Write(int value, int length)
        {
            for (var i = 0; i < length; i++, count++)
            {
                if (count % 8 == 0)
                    bytes.Add(0);
                bytes[^1] |= (byte)(((value >> i) & 1) << (count % 8));
            }
        }

        // RFC 1951 §3.1.1: Huffman codes begin with their most significant bit.
        void WriteCode(int value, int length)
        {
            for (var i = length - 1; i >= 0; i--)
                Write((value >> i) & 1, 1);
        }

        static int Base(int code) => code < 4 ? code + 1 : 1 + ((2 + (code & 1)) << ((code / 2) - 1));
    }
}
