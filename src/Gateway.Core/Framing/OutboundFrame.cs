namespace Gateway.Core.Framing;

/// <summary>
/// An encoded frame of the server, shared by the queues of all its receivers and never changed. Its array belongs to the garbage collector,
/// which frees it when the last queue lets go: no count of references can go wrong.
/// </summary>
internal sealed class OutboundFrame
{
    private OutboundFrame(Opcode opcode, byte[] bytes, bool isRaw)
    {
        Opcode = opcode;
        Bytes = bytes;
        IsRaw = isRaw;
    }

    /// <summary>What the frame is; <see cref="Opcode.Continuation"/>, which the server never sends, when <see cref="IsRaw"/>.</summary>
    public Opcode Opcode { get; }

    /// <summary>Header and payload, nothing behind.</summary>
    public byte[] Bytes { get; }

    public int Length => Bytes.Length;

    /// <summary>What stands behind the header.</summary>
    public ReadOnlySpan<byte> Payload => Bytes.AsSpan((Bytes[1] & FrameHeader.LengthBits) switch
    {
        < FrameHeader.Length16 => 2,
        FrameHeader.Length16 => 4,
        _ => 10,
    });

    /// <summary>Whether these are bytes of the handshake, not a frame.</summary>
    public bool IsRaw { get; }

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
    public static OutboundFrame Raw(byte[] bytes) => new(Opcode.Continuation, bytes, isRaw: true);

    private static OutboundFrame Create(
        byte rsv, Opcode opcode, ReadOnlySpan<byte> part1, ReadOnlySpan<byte> part2, ReadOnlySpan<byte> part3)
    {
        var payloadLength = (long)part1.Length + part2.Length + part3.Length;
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)(FrameHeader.SizeOf(payloadLength, masked: false) + payloadLength)));
        var payload = bytes.AsSpan(new FrameHeader(fin: true, rsv, opcode, payloadLength).Write(bytes));
        part1.CopyTo(payload);
        part2.CopyTo(payload[part1.Length..]);
        part3.CopyTo(payload[(part1.Length + part2.Length)..]);
        return new OutboundFrame(opcode, bytes, isRaw: false);
    }
}
