namespace Gateway.Redis;

/// <summary>The publications' link could not be made, or was lost; the message is half a sentence for an operator.</summary>
internal sealed class LinkException(string message, Exception? innerException = null) : Exception(message, innerException);
