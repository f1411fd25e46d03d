using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Channels;

/// <summary>Makes the frame that one (protocol, encoding, compression) sends for a publication. Implemented by protocols.</summary>
internal interface IPublicationEncoder
{
    /// <summary>This encoder's place among the node's, below <see cref="Publication.MaxEncoders"/>.</summary>
    int Slot { get; }

    /// <summary>Whose frames they are, for metrics.</summary>
    ClientProtocol Label => ClientProtocol.Other;

    OutboundFrame Encode(Publication publication);
}
