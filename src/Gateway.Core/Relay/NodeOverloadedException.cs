namespace Gateway.Core.Relay;

/// <summary>The node refuses what it was asked for, to live on; nothing was done, and another node, or a later moment, may do it.</summary>
/// <param name="message">For whoever asked.</param>
public sealed class NodeOverloadedException(string message) : Exception(message);
