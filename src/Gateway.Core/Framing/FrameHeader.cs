using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gateway.Core.Framing;

/// <summary>A frame's header, decoded or to be encoded. It judges nothing: that is <see cref="FrameRules"/>' work.</summary>
/// <remarks><code>
/// RFC 6455 §5.2
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
/// |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
/// |N|V|V|V|       |S|             |   (if payload len==126/127)   |
/// | |1|2|3|       |K|             |                               |
/// +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
/// |     Extended payload length continued, if payload len == 127  |
/// + - - - - - - - - - - - - - - - +-------------------------------+
/// |                               |Masking-key, if MASK set to 1  |
/// +-------------------------------+-------------------------------+
/// | Masking-key (continued)       |          Payload Data         |
/// +-------------------------------+ - - - - - - - - - - - - - - - +
/// </code></remarks>
internal readonly struct FrameHeader
{
    /// <summary>2 fixed bytes, 8 of length, 4 of masking key.</summary>
    public const int MaxSize = 14;

    public const byte FinBit = 0x80;
    public const byte RsvBits = 0x70;

    /// <summary>RSV1 as <see cref="Rsv"/> has it.</summary>
    public const byte Rsv1 = 4;

    /// <summary>RSV1 in the first byte.</summary>
    public const byte Rsv1Bit = 0x40;

    public const byte OpcodeBits = 0x0F;
    public const byte MaskBit = 0x80;
    public const byte LengthBits = 0x7F;

    /// <summary>The length field says that 16 bits of length follow.</summary>
    public const byte Length16 = 126;

    /// <summary>The length field says that 64 bits of length follow.</summary>
    public const byte Length64 = 127;

    public FrameHeader(bool fin, byte rsv, Opcode opcode, long payloadLength)
    {
        Fin = fin;
        Rsv = rsv;
        Opcode = opcode;
        PayloadLength = payloadLength;
    }

    public FrameHeader(bool fin, byte rsv, Opcode opcode, long payloadLength, uint maskKey)
        : this(fin, rsv, opcode, payloadLength)
    {
        Masked = true;
        MaskKey = maskKey;
    }

    public bool Fin { get; }

    /// <summary>RSV1, RSV2 and RSV3 as 4, 2 and 1.</summary>
    public byte Rsv { get; }

    public Opcode Opcode { get; }

    public bool Masked { get; }

    /// <summary>In bytes; negative when the peer set the top bit of a 64-bit length.</summary>
    public long PayloadLength { get; }

    /// <summary>The key's four bytes in the order in which they stand in memory; 0 when <see cref="Masked"/> is false.</summary>
    public uint MaskKey { get; }

    /// <summary>Bytes that <see cref="Write"/> needs for a header.</summary>
    public static int SizeOf(long payloadLength, bool masked) =>
        2 + payloadLength switch { < Length16 => 0, <= ushort.MaxValue => 2, _ => 8 } + (masked ? sizeof(uint) : 0);

    /// <summary>Decodes the header at the front of <paramref name="input"/>; false, consuming nothing, when it is not all there.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> input, out FrameHeader header, out int consumed)
    {
        header = default;
        consumed = 0;
        if (!TryDecodeLength(input, out var payloadLength, out var size))
            return false;

        var fin = (input[0] & FinBit) != 0;
        var rsv = (byte)((input[0] & RsvBits) >> 4);
        var opcode = (Opcode)(input[0] & OpcodeBits);
        if ((input[1] & MaskBit) == 0)
        {
            header = new FrameHeader(fin, rsv, opcode, payloadLength);
        }
        else
        {
            if (input.Length < size + sizeof(uint))
                return false;
            header = new FrameHeader(fin, rsv, opcode, payloadLength, MemoryMarshal.Read<uint>(input[size..]));
            size += sizeof(uint);
        }

        consumed = size;
        return true;
    }

    /// <summary>Decodes the payload's length, which is known before the masking key has come.</summary>
    /// <param name="input">The header's first bytes.</param>
    /// <param name="payloadLength">The length that the peer claims.</param>
    /// <param name="end">Where in the header the length ends.</param>
    public static bool TryDecodeLength(ReadOnlySpan<byte> input, out long payloadLength, out int end)
    {
        payloadLength = 0;
        end = 0;
        if (input.Length < 2)
            return false;
        var code = input[1] & LengthBits;
        if (code < Length16)
        {
            payloadLength = code;
            end = 2;
            return true;
        }

        if (code == Length16)
        {
            if (input.Length < 4)
                return false;
            payloadLength = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
            end = 4;
            return true;
        }

        if (input.Length < 10)
            return false;
        payloadLength = BinaryPrimitives.ReadInt64BigEndian(input[2..]);
        end = 10;
        return true;
    }

    /// <summary>Encodes the header, its length in the fewest bytes; returns the bytes written.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)((Fin ? FinBit : 0) | (Rsv << 4) | (byte)Opcode);
        var maskBit = Masked ? MaskBit : 0;
        int size;
        if (PayloadLength < Length16)
        {
            destination[1] = (byte)(maskBit | (int)PayloadLength);
            size = 2;
        }
        else if (PayloadLength <= ushort.MaxValue)
        {
            destination[1] = (byte)(maskBit | Length16);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)PayloadLength);
            size = 4;
        }
        else
        {
            destination[1] = (byte)(maskBit | Length64);
            BinaryPrimitives.WriteInt64BigEndian(destination[2..], PayloadLength);
            size = 10;
        }

        if (!Masked)
            return size;
        MemoryMarshal.Write(destination[size..], MaskKey);
        return size + sizeof(uint);
    }
}
