namespace Gateway.Core.Brokers;

/// <summary>Between nodes, and from backends to all of them. What comes this way arrives at <see cref="IBrokerSink"/>.</summary>
public interface INodeBus
{
    /// <summary>Sends an envelope (<see cref="Envelope"/>, as UTF-8 JSON) to every node, this one included.</summary>
    /// <exception cref="BrokerUnavailableException">The broker did not take it within its own deadline.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken);

    /// <summary>Sends an answer (<see cref="NodeAnswer"/>, as UTF-8 JSON) to one node. Nobody hears of it if there is no such node.</summary>
    /// <exception cref="BrokerUnavailableException">The broker did not take it within its own deadline.</exception>
    ValueTask ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken);
}
