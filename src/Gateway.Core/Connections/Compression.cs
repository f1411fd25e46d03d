using Gateway.Core.Framing;

namespace Gateway.Core.Connections;

/// <summary>
/// How a connection's messages are compressed, as it was agreed to. Without context takeover it is one object for all such connections,
/// and none of them owns anything.
/// </summary>
internal sealed class Compression(SharedCompressor? shared, DedicatedCompressor? own, MessageReaderSettings reader, DedicatedInflater? inflater)
{
    /// <summary>Makes frames that are right for many connections; null: this one has a history that every message depends on.</summary>
    public SharedCompressor? Shared { get; } = shared;

    /// <summary>Makes frames for this connection only, under its lock; null when <see cref="Shared"/> is not.</summary>
    public DedicatedCompressor? Own { get; } = own;

    /// <summary>How its messages are read.</summary>
    public MessageReaderSettings Reader { get; } = reader;

    /// <summary>Memory of what is the connection's own, in bytes.</summary>
    public int HeldBytes => (Own?.HeldBytes ?? 0) + (inflater?.HeldBytes ?? 0);

    /// <summary>The connection is gone.</summary>
    public void Release()
    {
        Own?.Dispose();
        inflater?.Dispose();
    }
}
