using Gateway.Core.Buffers;

namespace Gateway.Core.Framing;

/// <summary>What readers share: all of a node's, or all whose clients agreed to the same compression.</summary>
internal sealed class MessageReaderSettings(int maxMessageBytes, BufferPool buffers, InflaterSource? inflaters = null)
{
    // A client that flushes after every byte, as it may in as many fragments, sends seven for one.
    private const int MostExpansion = 8;

    /// <summary>The largest message, in bytes, over all its fragments and decompressed.</summary>
    public int MaxMessageBytes { get; } = maxMessageBytes;

    /// <summary>The most compressed bytes of a message. They are kept until it is whole, and asked for as they come.</summary>
    public int MaxCompressedBytes { get; } =
        (int)Math.Min(Array.MaxLength - FrameRules.MaxControlPayload, Math.Max(1024, (long)maxMessageBytes * MostExpansion));

    /// <summary>Where payloads that came in part wait for their rest.</summary>
    public BufferPool Buffers { get; } = buffers;

    /// <summary>Null: compression was not agreed to.</summary>
    public InflaterSource? Inflaters { get; } = inflaters;

    /// <summary>RFC 7692 §6: RSV1 marks a compressed message.</summary>
    public byte NegotiatedRsv { get; } = inflaters is null ? (byte)0 : FrameHeader.Rsv1;
}
