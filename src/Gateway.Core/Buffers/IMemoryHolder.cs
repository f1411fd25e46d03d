namespace Gateway.Core.Buffers;

/// <summary>Somebody for whom the node keeps memory, and whom it can give up: a connection, or a TLS handshake. Read without a lock, from any thread.</summary>
internal interface IMemoryHolder
{
    /// <summary>Whether it has been given up, or ends by itself.</summary>
    bool IsEnding { get; }

    /// <summary>Bytes that wait for it or have come from it in part, as the account counts them.</summary>
    long WaitingBytes { get; }

    /// <summary>Bytes that it owns for as long as it stays.</summary>
    long HeldBytes { get; }

    /// <summary>Of what waits, bytes that come back only when it is gone.</summary>
    long PendingBytes { get; }

    /// <summary>Gives up what the node keeps for it, or itself. False: it was ending already.</summary>
    bool Shed();
}
