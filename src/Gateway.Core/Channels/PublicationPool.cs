using System.Diagnostics;
using Gateway.Core.Buffers;

namespace Gateway.Core.Channels;

/// <summary>
/// The node's publications: their objects are used again, so that a publication allocates its payload and a frame for each encoding and
/// nothing else.
/// </summary>
internal sealed class PublicationPool
{
    // As many as wait in usual bursts: 120 KB.
    private const int Retained = 1024;

    private readonly CountedPool<Publication> _pool;

    public PublicationPool() => _pool = new CountedPool<Publication>(() => new Publication(_pool!), Retained);

    /// <summary>Publications that some shard has not delivered.</summary>
    public long Rented => _pool.Rented;

    /// <summary>A publication for so many shards, each of which releases it once.</summary>
    public Publication Rent(ChannelName channel, byte[] payload, long receivedAt, int holders, Activity? trace = null)
    {
        var publication = _pool.Rent();
        publication.Begin(channel, payload, receivedAt, holders, trace);
        return publication;
    }
}
