using Gateway.Core.Framing;

namespace Gateway.Core.Channels;

/// <summary>Makes the frame that one (protocol, encoding, compression) sends for a publication. Implemented by protocols.</summary>
internal interface IPublicationEncoder
{
    /// <summary>This encoder's place among the node's, below <see cref="Publication.MaxEncoders"/>.</summary>
    int Slot { get; }

    OutboundFrame Encode(Publication publication);
}
