using System.Diagnostics;
using Gateway.Core.Buffers;

namespace Gateway.Core.Channels;

/// <summary>
/// The node's publications: their objects are used again, so that a publication allocates its payload and a frame for each encoding and
/// nothing else.
/// </summary>
internal sealed class PublicationPool(MemoryAccount account)
{
    // As many as wait in usual bursts: 160 KB.
    private const int Retained = 1024;
    private const int PublicationBytes = 160;

    private readonly CountedPool<Publication> _pool = new(static () => new Publication(), Retained, PublicationBytes);

    /// <summary>The objects that wait to be used again.</summary>
    public IKeepsMemory Kept => _pool;

    /// <summary>Publications that some shard has not delivered.</summary>
    public long Rented => _pool.Rented;

    /// <summary>A publication for so many shards, each of which releases it once.</summary>
    public Publication Rent(ChannelName channel, byte[] payload, long receivedAt, int holders, Activity? trace = null, string? key = null, bool isBinary = false)
    {
        var publication = _pool.Rent();
        publication.Begin(this, channel, payload, receivedAt, holders, trace, key, isBinary);
        account.Add(payload.Length);
        return publication;
    }

    /// <summary>The last shard has delivered it.</summary>
    public void Return(Publication publication, int payloadBytes)
    {
        account.Add(-payloadBytes);
        _pool.Return(publication);
    }
}
