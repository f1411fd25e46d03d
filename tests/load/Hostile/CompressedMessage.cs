using System.IO.Compression;
using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Load.Hostile;

/// <summary>Messages that are small until they are decompressed (RFC 7692).</summary>
internal static class CompressedMessage
{
    // What a sync flush ends with, and a message leaves out (§7.2.1).
    private const int FlushTail = 4;

    // Of compressed data that is held back: the decompressor has given out everything before, and waits.
    private const int Withheld = 2;

    /// <summary>A kilobyte without its end, of a message that is so long decompressed.</summary>
    public static byte[] Part(int length) =>
        HostileFrame.Of(Opcode.Text, fin: false, Deflate($$"""{"type":"ping","a":"{{new string('a', length - 24)}}"}""").AsSpan()[..^Withheld], FrameHeader.Rsv1);

    /// <summary>A ping of some two kilobytes that becomes so many bytes of small fields, each of which a reader has to look at.</summary>
    public static byte[] Costly(int length)
    {
        const string Start = "{\"type\":\"ping\"";
        const string Field = ",\"\\u0061\":1"; // a name with an escape is not compared as it stands
        var text = new StringBuilder(Start, length);
        while (text.Length + Field.Length < length)
            text.Append(Field);
        return HostileFrame.Of(Opcode.Text, fin: true, Deflate(text.Append('}').ToString()), FrameHeader.Rsv1);
    }

    private static byte[] Deflate(string text)
    {
        var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, CompressionLevel.SmallestSize);
        deflate.Write(Encoding.ASCII.GetBytes(text));
        deflate.Flush();
        return compressed.ToArray()[..^FlushTail];
    }
}
