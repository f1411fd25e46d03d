namespace Gateway.Core.Transport;

/// <summary>An endpoint cannot be listened on. The message is for the operator and names the option to change.</summary>
public sealed class ListenException(string message, Exception? innerException = null) : Exception(message, innerException);
