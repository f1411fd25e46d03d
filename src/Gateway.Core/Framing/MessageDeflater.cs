namespace Gateway.Core.Framing;

/// <summary>Compresses messages as RFC 7692 §7.2.1 says. Used by one thread at a time.</summary>
internal sealed class MessageDeflater(int windowBits, int level) : IDisposable
{
    // §7.2.1 3: what a flush ends with and the sender takes off.
    private const int TailBytes = 4;

    // Measured with zlib-ng of .NET 10, 300 of them at levels 1 and 6: 224, 222 and 341 KB at most with windows of 9, 12 and 15 bits.
    private const int StateBytes = 206 * 1024;

    private readonly DeflateHandle _zlib = new(windowBits, level);

    /// <summary>Memory of one, in bytes: zlib's state, its window and hash chains.</summary>
    public static int SizeOf(int windowBits) => StateBytes + (4 << windowBits);

    /// <summary>
    /// The most that a message can become: literals of 9 bits, which is what fixed Huffman codes make of the worst, and the blocks' headers.
    /// </summary>
    public static int MaxOutput(int length) => checked(length + (length >> 3) + (length >> 6) + 64);

    /// <summary>Compresses a message that is not empty; returns the bytes written.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="output">At least <see cref="MaxOutput"/> bytes.</param>
    /// <param name="keepsHistory">Whether the next message may refer to this one: context takeover (§7.1.1).</param>
    public int Deflate(ReadOnlySpan<byte> message, Span<byte> output, bool keepsHistory)
    {
        // A full flush in place of a reset, which the runtime does not export: it forgets as thoroughly.
        var code = _zlib.Run(ref message, output, keepsHistory ? Zlib.Flush.Sync : Zlib.Flush.Full, out var written);
        if (code != Zlib.Code.Ok || !message.IsEmpty || written == output.Length || written < TailBytes)
            throw new InvalidOperationException($"zlib did not compress a message ({code}).");
        return written - TailBytes;
    }

    public void Dispose() => _zlib.Dispose();
}
