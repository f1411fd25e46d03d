namespace Gateway.Core.Framing;

/// <summary>
/// An encoded frame of the server, shared by the queues of all its receivers and never changed. It is nothing but its array, which belongs
/// to the garbage collector: that frees it when the last queue lets go, and no count of references can go wrong.
/// </summary>
internal readonly struct OutboundFrame
{
    private OutboundFrame(byte[] bytes) => Bytes = bytes;

    /// <summary>Header and payload, nothing behind.</summary>
    public byte[] Bytes { get; }

    public int Length => Bytes.Length;

    /// <summary>What the frame is; <see cref="Opcode.Continuation"/>, which the server never sends, when <see cref="IsRaw"/>.</summary>
    public Opcode Opcode => IsRaw ? Opcode.Continuation : (Opcode)(Bytes[0] & FrameHeader.OpcodeBits);

    /// <summary>What stands behind the header.</summary>
    public ReadOnlySpan<byte> Payload => Bytes.AsSpan((Bytes[1] & FrameHeader.LengthBits) switch
    {
        < FrameHeader.Length16 => 2,
        FrameHeader.Length16 => 4,
        _ => 10,
    });

    /// <summary>Whether these are bytes of the handshake, not a frame: the server's frames have FIN set, and no letter has that bit.</summary>
    public bool IsRaw => Bytes.Length == 0 || (Bytes[0] & FrameHeader.FinBit) == 0;

    public bool IsControl => Opcode.IsControl();

    public static OutboundFrame Create(Opcode opcode, ReadOnlySpan<byte> payload) => Create(opcode, payload, default, default);

    /// <summary>A frame whose payload is the three parts in their order, so that an envelope needs no copy of its own.</summary>
    public static OutboundFrame Create(Opcode opcode, ReadOnlySpan<byte> part1, ReadOnlySpan<byte> part2, ReadOnlySpan<byte> part3) =>
        Create(rsv: 0, opcode, part1, part2, part3);

    /// <summary>A message whose payload is compressed, which RSV1 says (RFC 7692 §6.1).</summary>
    public static OutboundFrame CreateCompressed(Opcode opcode, ReadOnlySpan<byte> payload) =>
        Create(FrameHeader.Rsv1, opcode, payload, default, default);

    /// <summary>
    /// A close frame. See <see cref="ClosePayload.Write"/> for what becomes of a long reason and of codes that are never sent.
    /// </summary>
    public static OutboundFrame Close(CloseCode code, string reason)
    {
        Span<byte> payload = stackalloc byte[FrameRules.MaxControlPayload];
        return Create(Opcode.Close, payload[..ClosePayload.Write(payload, code, reason)]);
    }

    /// <summary>Bytes that are sent as they are: the handshake's response.</summary>
    public static OutboundFrame Raw(byte[] bytes) => new(bytes);

    /// <summary>The frame that <see cref="Bytes"/> was taken from.</summary>
    public static OutboundFrame Of(byte[] encoded) => new(encoded);

    private static OutboundFrame Create(
        byte rsv, Opcode opcode, ReadOnlySpan<byte> part1, ReadOnlySpan<byte> part2, ReadOnlySpan<byte> part3)
    {
        var payloadLength = (long)part1.Length + part2.Length + part3.Length;
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)(FrameHeader.SizeOf(payloadLength, masked: false) + payloadLength)));
        var payload = bytes.AsSpan(new FrameHeader(fin: true, rsv, opcode, payloadLength).Write(bytes));
        part1.CopyTo(payload);
        part2.CopyTo(payload[part1.Length..]);
        part3.CopyTo(payload[(part1.Length + part2.Length)..]);
        return new OutboundFrame(bytes);
    }
}
