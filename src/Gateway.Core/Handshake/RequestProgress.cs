namespace Gateway.Core.Handshake;

/// <summary>How far a request that came in part has been judged; the default: not at all.</summary>
/// <param name="LineStart">Where the first header line begins that was not whole.</param>
/// <param name="Lines">Those before it.</param>
internal readonly record struct RequestProgress(ushort LineStart, ushort Lines);
