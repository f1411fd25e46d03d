namespace Gateway.Core.Protocols;

/// <summary>The places of the node's encoders, below <see cref="Channels.Publication.MaxEncoders"/>.</summary>
internal static class EncoderSlots
{
    public const int Json = 0;
    public const int Plain = 1;
}
