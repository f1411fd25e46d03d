namespace Gateway.Core.Framing;

/// <summary>What a <see cref="MessageReader"/> found.</summary>
internal enum ReadStatus
{
    /// <summary>The input is consumed and holds no more.</summary>
    NeedMore,

    /// <summary>A whole text or binary message.</summary>
    Message,

    /// <summary>A close, ping or pong.</summary>
    Control,

    /// <summary>The peer broke a rule; nothing more will be read.</summary>
    Error,
}
