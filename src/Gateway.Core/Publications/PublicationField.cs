namespace Gateway.Core.Publications;

/// <summary>
/// What the header of a publication can say. The numbers are on the wire and are never given to anything else; those that no member has are
/// skipped by every reader.
/// </summary>
public enum PublicationField : byte
{
    /// <summary>What the publication is about: <see cref="PublicationKey"/>.</summary>
    Key = 1,

    /// <summary>The trace that it belongs to: W3C Trace Context §3.2.</summary>
    Traceparent = 2,

    /// <summary>The same, §3.3.</summary>
    Tracestate = 3,

    /// <summary>The payload is bytes, also where they happen to be text. Without a value.</summary>
    Binary = 4,
}
