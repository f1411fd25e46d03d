using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Protocols;

/// <summary>A protocol's encoder, and the same in every compression that connections share.</summary>
internal sealed class EncoderSet(IPublicationEncoder plain)
{
    private readonly CompressedEncoder?[] _compressed = new CompressedEncoder?[SharedCompressor.Count];

    /// <summary>The encoder of what a connection is sent. Two made at once do no harm: they are alike.</summary>
    public IPublicationEncoder For(Connection connection) => connection.Compression?.Shared is { } compressor
        ? _compressed[compressor.Index] ??= new CompressedEncoder(plain, compressor)
        : plain;
}
