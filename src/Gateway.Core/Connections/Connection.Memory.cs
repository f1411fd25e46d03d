using Gateway.Core.Addresses;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>
/// What the node keeps for the client: what waits, and what the client holds for as long as it stays; for whom that counts, and how it is given
/// up.
/// </summary>
internal sealed partial class Connection
{
    /// <summary>
    /// Bytes that its subscriptions take, the channels that are there for it alone, its compressors and what its token says; no field, since an
    /// idle connection has none of them.
    /// </summary>
    public long HeldBytes => (ShardState?.HeldBytes ?? 0) + (Compression?.HeldBytes ?? 0) + Identity.Bytes;

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

    /// <summary>Bytes of a message that has come in part; read without a lock.</summary>
    public int PartialBytes => _reader.PartialBytes;

    /// <summary>
    /// Counts what the client has sent and somebody is waiting with: a publication on its way to the broker. False: the node has no room for
    /// it. <see cref="UncountWaiting"/> follows when it is done.
    /// </summary>
    public bool TryCountWaiting(int bytes)
    {
        if (Memory.TryAdd(bytes))
            return true;
        Report(Limit.Memory);
        return false;
    }

    public void UncountWaiting(int bytes) => Memory.Add(-bytes);

    private MemoryAccount Memory => _context.Transport.Buffers.Account;

    /// <summary>What waits for the client or has come from it in part, in bytes: a request, a record, a message. Read without a lock.</summary>
    public long WaitingBytes => QueuedBytes + PartialBytes + _transport.UnconsumedBytes;

    /// <summary>
    /// Gives up what the node keeps for the client, when it needs the memory: publications where their channels' rules drop them, else the
    /// client. False: it was ending already.
    /// </summary>
    public bool Shed()
    {
        if (_state is ConnectionState.Handshaking or ConnectionState.Admitting)
            return ShedRequest();
        if (ShedWaiting())
            return true;
        var isSlow = QueuedBytes >= Math.Max(WaitingBytes - QueuedBytes, HeldBytes);
        if (!Close(isSlow ? CloseReason.SlowConsumer : CloseReason.TryAgainLater))
            return false;
        // The close frame has had its attempt; what has come and waits in the transport goes now, if need be with the socket.
        _transport.Discard();
        if (_transport.UnconsumedBytes > 0)
            _transport.Abort();
        return true;
    }

    /// <summary>The node has no room for what the client has sent and could not be read yet.</summary>
    public void OnShort()
    {
        if (_state is ConnectionState.Handshaking or ConnectionState.Admitting)
            Refuse(ShortOfMemory(), 0);
        else if (Close(CloseReason.Of(ProtocolError.NoRoom)))
            Report(Limit.Memory);
        Flush();
    }

    /// <summary>Nobody has been let in: the answer is worth one attempt, and what has come goes with the socket.</summary>
    private bool ShedRequest()
    {
        var isShed = End(UpgradeResponse.Refuse(ShortOfMemory(), _context.Time.GetUtcNow()), CloseReason.Refused, "503");
        if (isShed)
        {
            Flush();
            _transport.Abort();
        }

        return isShed;
    }

    private Refusal ShortOfMemory() => RefusalFor(Limit.Memory, 503, "The node is short of memory; come again after Retry-After.");
}
