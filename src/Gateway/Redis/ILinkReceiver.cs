namespace Gateway.Redis;

/// <summary>Where a link's messages go. Called by the link's reader, one call at a time; nothing here may block.</summary>
internal interface ILinkReceiver
{
    /// <summary>The largest payload to take of a message in this channel; a larger one is skipped.</summary>
    int MaxPayload(ReadOnlySpan<byte> key);

    /// <summary>A message. Both spans are valid during the call only.</summary>
    void OnMessage(ReadOnlySpan<byte> key, ReadOnlySpan<byte> payload);

    /// <summary>A message too large to take.</summary>
    void OnTooLarge(ReadOnlySpan<byte> key, long payloadLength);
}
