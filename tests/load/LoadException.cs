namespace Gateway.Load;

/// <summary>The load could not be put on, or the node did not answer as it must. The message is for the person who runs it.</summary>
internal sealed class LoadException(string message) : Exception(message);

/// <summary>The node ended under the load, which is a check that failed.</summary>
internal sealed class NodeEndedException(string message) : Exception(message);
