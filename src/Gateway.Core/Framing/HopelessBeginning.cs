namespace Gateway.Core.Framing;

/// <summary>
/// Whether a message that begins so will be refused, whatever follows: what follows need not be decompressed then, and the message is handed
/// out as far as it has come. False where that is not certain.
/// </summary>
internal delegate bool HopelessBeginning(ReadOnlySpan<byte> beginning);
