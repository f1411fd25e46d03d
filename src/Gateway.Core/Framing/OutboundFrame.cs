using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Core.Framing;

/// <summary>
/// An encoded frame of the server, shared by the queues of all its receivers and never changed. It is nothing but its array, which belongs
/// to the garbage collector: that frees it when the last queue lets go. How many queues hold it stands in front of its bytes, for the
/// account of what waits alone: a count that went wrong could cost a number, never a frame.
/// </summary>
internal readonly struct OutboundFrame
{
    /// <summary>Bytes of <see cref="Array"/> in front of the header.</summary>
    public const int Prefix = sizeof(int);

    private OutboundFrame(byte[] array) => Array = array;

    /// <summary>The queues that hold it, then <see cref="Bytes"/>.</summary>
    public byte[] Array { get; }

    /// <summary>Header and payload, nothing behind.</summary>
    public ReadOnlySpan<byte> Bytes => Array.AsSpan(Prefix);

    /// <inheritdoc cref="Bytes"/>
    public ReadOnlyMemory<byte> Memory => Array.AsMemory(Prefix);

    public int Length => Array.Length - Prefix;

    /// <summary>What the frame is; <see cref="Opcode.Continuation"/>, which the server never sends, when <see cref="IsRaw"/>.</summary>
    public Opcode Opcode => IsRaw ? Opcode.Continuation : (Opcode)(Bytes[0] & FrameHeader.OpcodeBits);

    /// <summary>What stands behind the header.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[((Bytes[1] & FrameHeader.LengthBits) switch
    {
        < FrameHeader.Length16 => 2,
        FrameHeader.Length16 => 4,
        _ => 10,
    })..];

    /// <summary>Whether these are bytes of the handshake, not a frame: the server's frames have FIN set, and no letter has that bit.</summary>
    public bool IsRaw => Length == 0 || (Bytes[0] & FrameHeader.FinBit) == 0;

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
    public static OutboundFrame Raw(ReadOnlySpan<byte> bytes)
    {
        var array = Allocate(bytes.Length);
        bytes.CopyTo(array.AsSpan(Prefix));
        return new OutboundFrame(array);
    }

    /// <summary>The frame that <see cref="Array"/> was taken from.</summary>
    public static OutboundFrame Of(byte[] array) => new(array);

    /// <summary>The process itself holds it from now on, and so no queue ever is the first or the last: it stays whatever waits, and counts for no node.</summary>
    public OutboundFrame Keep()
    {
        Hold(Array);
        return this;
    }

    /// <summary>A queue holds it from now on. True: it is the first.</summary>
    public static bool Hold(byte[] array) => Interlocked.Increment(ref Holders(array)) == 1;

    /// <summary>A queue has let go of it. True: it was the last.</summary>
    public static bool LetGo(byte[] array) => Interlocked.Decrement(ref Holders(array)) == 0;

    private static ref int Holders(byte[] array) => ref Unsafe.As<byte, int>(ref MemoryMarshal.GetArrayDataReference(array));

    private static byte[] Allocate(int length)
    {
        var array = GC.AllocateUninitializedArray<byte>(checked(Prefix + length));
        Holders(array) = 0;
        return array;
    }

    private static OutboundFrame Create(
        byte rsv, Opcode opcode, ReadOnlySpan<byte> part1, ReadOnlySpan<byte> part2, ReadOnlySpan<byte> part3)
    {
        var payloadLength = (long)part1.Length + part2.Length + part3.Length;
        var array = Allocate(checked((int)(FrameHeader.SizeOf(payloadLength, masked: false) + payloadLength)));
        var bytes = array.AsSpan(Prefix);
        var payload = bytes[new FrameHeader(fin: true, rsv, opcode, payloadLength).Write(bytes)..];
        part1.CopyTo(payload);
        part2.CopyTo(payload[part1.Length..]);
        part3.CopyTo(payload[(part1.Length + part2.Length)..]);
        return new OutboundFrame(array);
    }
}
