namespace Gateway.Core.Framing;

/// <summary>How far a <see cref="MessageInflater"/> came.</summary>
internal enum InflateStatus
{
    /// <summary>The input is consumed, and all that it says is written.</summary>
    NeedsInput,

    /// <summary>The output is full; there may be more.</summary>
    NeedsOutput,

    /// <summary>This is not deflate (RFC 1951).</summary>
    Invalid,

    /// <summary>The message consists of more streams than a message may.</summary>
    TooManyStreams,
}
