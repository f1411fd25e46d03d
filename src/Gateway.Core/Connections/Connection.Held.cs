using Gateway.Core.Addresses;

namespace Gateway.Core.Connections;

/// <summary>What the client holds of the node for as long as it stays, and for whom that counts.</summary>
internal sealed partial class Connection
{
    /// <summary>
    /// Bytes that its subscriptions take, the channels that are there for it alone, its compressors and what its token says; no field, since an
    /// idle connection has none of them.
    /// </summary>
    public long HeldBytes => ((ShardState as IHoldsMemory)?.HeldBytes ?? 0) + (Compression?.HeldBytes ?? 0) + Identity.Bytes;

    /// <summary>
    /// The address whose share it counts for. Null: it is not known, or it is a trusted proxy's that has not named its client: everybody's, and so
    /// nobody's. Asks the kernel.
    /// </summary>
    public AddressKey? ShareAddress
    {
        get
        {
            var remote = RemoteEndPoint;
            return _context.TrustedProxies.Contain(remote) ? null : AddressKey.Of(remote);
        }
    }
}
