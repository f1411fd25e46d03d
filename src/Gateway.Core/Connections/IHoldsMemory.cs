namespace Gateway.Core.Connections;

/// <summary>Something of a connection that takes memory for as long as it is there. Implemented by what a shard keeps for one.</summary>
internal interface IHoldsMemory
{
    /// <summary>Bytes of the node's account; read from any thread.</summary>
    long HeldBytes { get; }
}
