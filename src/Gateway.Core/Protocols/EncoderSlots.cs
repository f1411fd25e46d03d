namespace Gateway.Core.Protocols;

/// <summary>The places of the node's encoders, below <see cref="Channels.Publication.MaxEncoders"/>.</summary>
internal static class EncoderSlots
{
    public const int Json = 0;
    public const int Plain = 1;

    private const int Protocols = 2;

    /// <summary>The place of a protocol's frames as one of the node's compressors makes them.</summary>
    public static int Compressed(int slot, int compressor) => slot + (Protocols * (1 + compressor));
}
