namespace Gateway.Core.Brokers;

/// <summary>
/// Records of one kind (UTF-8 JSON) that every node can read, each until it expires: by the broker's clock, since a node's may be wrong.
/// </summary>
public interface IKeptRecords
{
    /// <summary>Leaves a record in place of the one of the same name.</summary>
    /// <param name="name">Tells it from others; of any characters.</param>
    /// <param name="json">Copied before this returns.</param>
    /// <param name="expiry">Forgotten after so long without another.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What stood there; null: nothing.</returns>
    /// <exception cref="BrokerUnavailableException">The broker did not take it within its own deadline.</exception>
    ValueTask<byte[]?> KeepAsync(string name, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>All that have not expired, in no order.</summary>
    /// <exception cref="BrokerUnavailableException">The broker did not answer within its own deadline.</exception>
    ValueTask<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken);
}
