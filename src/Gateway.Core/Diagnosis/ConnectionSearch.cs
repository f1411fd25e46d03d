namespace Gateway.Core.Diagnosis;

/// <summary>What all nodes know of a connection.</summary>
/// <param name="Connection">Null: none that answered has it.</param>
/// <param name="Ended">Its end, if that was of late; null: nobody remembers.</param>
/// <param name="Nodes">The nodes that were asked.</param>
public sealed record ConnectionSearch(ConnectionInfo? Connection, EndedConnectionInfo? Ended, IReadOnlyList<AskedNode> Nodes);

/// <summary>What one node knows of it.</summary>
internal sealed record ConnectionFacts(ConnectionInfo? Connection, EndedConnectionInfo? Ended);
