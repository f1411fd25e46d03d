namespace Gateway.Core.Connections;

/// <summary>What a connection's shard keeps for it.</summary>
internal interface IShardState
{
    /// <summary>Bytes of the node's account that it takes for as long as it is there; read from any thread.</summary>
    long HeldBytes { get; }
}
