using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Protocols;

/// <summary>What another encoder makes, compressed: once for all connections that agreed to the same.</summary>
internal sealed class CompressedEncoder(IPublicationEncoder plain, SharedCompressor compressor) : IPublicationEncoder
{
    public int Slot { get; } = EncoderSlots.Compressed(plain.Slot, compressor.Index);

    public ClientProtocol Label => plain.Label;

    public OutboundFrame Encode(Publication publication) => compressor.Compress(publication.FrameFor(plain));
}
