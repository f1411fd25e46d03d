using Gateway.Core.Buffers;

namespace Gateway.Core.Framing;

/// <summary>What all readers of a node share.</summary>
internal sealed class MessageReaderSettings(int maxMessageBytes, BufferPool buffers)
{
    /// <summary>The largest message, in bytes, over all its fragments.</summary>
    public int MaxMessageBytes { get; } = maxMessageBytes;

    /// <summary>Where payloads that came in part wait for their rest.</summary>
    public BufferPool Buffers { get; } = buffers;
}
