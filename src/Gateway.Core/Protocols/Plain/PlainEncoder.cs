using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Protocols.Plain;

/// <summary>The payload as it was published: a text frame if it is UTF-8, a binary one if not, or if it was published as bytes.</summary>
internal sealed class PlainEncoder : IPublicationEncoder
{
    public int Slot => EncoderSlots.Plain;

    public ClientProtocol Label => ClientProtocol.Plain;

    public OutboundFrame Encode(Publication publication) =>
        OutboundFrame.Create(publication.IsText ? Opcode.Text : Opcode.Binary, publication.Payload);
}
