namespace Gateway.Core.Framing;

/// <summary>A message or control frame as it was sent, or the rule that the peer broke.</summary>
internal readonly ref struct InboundMessage
{
    public InboundMessage(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Opcode = opcode;
        Payload = payload;
    }

    public InboundMessage(ProtocolError error) => Error = error;

    /// <summary>Never <see cref="Opcode.Continuation"/>, but for an error.</summary>
    public Opcode Opcode { get; }

    /// <summary>Unmasked and joined; valid until the next read.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public ProtocolError Error { get; }
}
