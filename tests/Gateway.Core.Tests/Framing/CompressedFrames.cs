using System.IO.Compression;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>Compressed frames as clients send them, made by System.IO.Compression, which is the codec's twin.</summary>
internal static class CompressedFrames
{
    /// <summary>RFC 7692 §7.2.1 over a stream with one history.</summary>
    public sealed class Compressor(CompressionLevel level = CompressionLevel.Optimal) : IDisposable
    {
        private readonly MemoryStream _output = new();
        private DeflateStream? _deflate;

        public byte[] Compress(ReadOnlySpan<byte> message)
        {
            // zlib says nothing when it is asked twice to flush nothing: an empty message is one empty stored block.
            if (message.IsEmpty)
                return [0];
            _output.SetLength(0);
            _deflate ??= new DeflateStream(_output, level, leaveOpen: true);
            _deflate.Write(message);
            _deflate.Flush();
            return _output.ToArray()[..^4];
        }

        public void Dispose() => _deflate?.Dispose();
    }

    /// <summary>A message by itself.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> message, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var compressor = new Compressor(level);
        return compressor.Compress(message);
    }

    /// <summary>What a message becomes when the tail is put back and the whole is decompressed.</summary>
    public static byte[] Decompress(ReadOnlySpan<byte> message)
    {
        using var input = new MemoryStream([.. message, 0x00, 0x00, 0xFF, 0xFF]);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        inflate.CopyTo(output);
        return output.ToArray();
    }

    /// <summary>A masked frame with RSV1.</summary>
    public static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> compressed, bool fin = true)
    {
        var bytes = ClientFrame.Encode(opcode, compressed, fin);
        bytes[0] |= FrameHeader.Rsv1Bit;
        return bytes;
    }

    /// <summary>A compressed message in frames that end at the cuts; only the first has RSV1 (§6.1).</summary>
    public static byte[] Frames(Opcode opcode, byte[] compressed, params IEnumerable<int> cuts)
    {
        var frames = new List<byte>();
        var at = 0;
        foreach (var cut in cuts.Append(compressed.Length))
        {
            var piece = compressed.AsSpan(at, cut - at);
            var isLast = cut == compressed.Length;
            frames.AddRange(at == 0 ? Frame(opcode, piece, isLast) : ClientFrame.Encode(Opcode.Continuation, piece, isLast));
            at = cut;
        }

        return [.. frames];
    }
}
