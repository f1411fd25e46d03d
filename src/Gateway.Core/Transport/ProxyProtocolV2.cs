using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using Gateway.Core.Addresses;

namespace Gateway.Core.Transport;

/// <summary>
/// Version 2, §2.2 of proxy-protocol.txt, binary:
/// <code>
///  0                                                 12      13       14        16
/// +--------------------------------------------------+-------+--------+---------+----------------+-----------
/// | 0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A              | 2 cmd | fam tr | length  | addresses      | TLVs …
/// +--------------------------------------------------+-------+--------+---------+----------------+-----------
///                                                                     of what follows
/// addresses:  AF_INET   source 4, destination 4, source port 2, destination port 2
///             AF_INET6  source 16, destination 16, source port 2, destination port 2
///             AF_UNIX   source 108, destination 108
/// TLV:        type 1, length 2, value
/// </code>
/// </summary>
internal static class ProxyProtocolV2
{
    /// <summary>The largest header read; nginx's bound. With every TLV that proxies send, a client's certificate included, 2 KB or so.</summary>
    public const int MaxBytes = 4096;

    private const int FixedBytes = 16;
    private const int TlvHead = 3;
    private const byte Crc32cType = 0x03; // PP2_TYPE_CRC32C

    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static bool TryRead(ReadOnlySpan<byte> input, out ProxyProtocolHeader header, out int consumed, out ProxyProtocolFault fault)
    {
        header = default;
        consumed = 0;
        fault = JudgeFixed(input);
        if (fault != ProxyProtocolFault.None || input.Length < FixedBytes)
            return false;
        var size = FixedBytes + BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        if (size > MaxBytes)
            fault = ProxyProtocolFault.TooLong;
        else if (input.Length >= size)
            fault = Read(input[..size], out header);
        if (fault != ProxyProtocolFault.None || input.Length < size)
            return false;
        consumed = size;
        return true;
    }

    /// <summary>Each byte as soon as it is there.</summary>
    private static ProxyProtocolFault JudgeFixed(ReadOnlySpan<byte> input)
    {
        // "The highest four bits contain the version", 2; command 0 is LOCAL, 1 is PROXY, others must not be accepted.
        if (input.Length > 12 && input[12] is not (0x20 or 0x21))
            return ProxyProtocolFault.Malformed;
        // LOCAL: the family is ignored. PROXY: "other values … Receivers should drop connections presenting unexpected values here".
        var isKnown = input.Length <= 13 || input[12] == 0x20 || input[13] is 0x00 or 0x11 or 0x12 or 0x21 or 0x22 or 0x31 or 0x32;
        return isKnown ? ProxyProtocolFault.None : ProxyProtocolFault.Malformed;
    }

    private static ProxyProtocolFault Read(ReadOnlySpan<byte> bytes, out ProxyProtocolHeader header)
    {
        header = default;
        // LOCAL, or an unspecified family: "must discard the protocol block", whose structure is not known.
        if (bytes[12] == 0x20 || bytes[13] == 0x00)
            return ProxyProtocolFault.None;
        var addressBytes = (bytes[13] >> 4) switch
        {
            1 => 4,
            2 => 16,
            _ => 108,
        };
        var isIp = addressBytes < 108;
        var tlvs = FixedBytes + (2 * addressBytes) + (isIp ? 4 : 0);
        if (bytes.Length < tlvs)
            return ProxyProtocolFault.Malformed;
        var fault = JudgeTlvs(bytes, tlvs);
        if (fault == ProxyProtocolFault.None && isIp)
            header = new ProxyProtocolHeader(EndPoint(bytes, 0, addressBytes), EndPoint(bytes, 1, addressBytes));
        return fault;
    }

    private static IPEndPoint EndPoint(ReadOnlySpan<byte> bytes, int which, int addressBytes)
    {
        var address = new IPAddress(bytes.Slice(FixedBytes + (which * addressBytes), addressBytes));
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(FixedBytes + (2 * addressBytes) + (2 * which))..]);
        return new IPEndPoint(IpText.Unmap(address), port);
    }

    /// <summary>Values are passed over, but for the checksum's.</summary>
    private static ProxyProtocolFault JudgeTlvs(ReadOnlySpan<byte> bytes, int at)
    {
        var checksum = 0;
        while (at < bytes.Length)
        {
            if (bytes.Length - at < TlvHead)
                return ProxyProtocolFault.Malformed;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 1)..]);
            if (bytes.Length - at - TlvHead < length)
                return ProxyProtocolFault.Malformed;
            if (bytes[at] == Crc32cType)
            {
                // A second one could not be right as well: each counts the other's bytes.
                if (length != sizeof(uint) || checksum != 0)
                    return ProxyProtocolFault.Malformed;
                checksum = at + TlvHead;
            }

            at += TlvHead + length;
        }

        return checksum == 0 || Crc32c(bytes, checksum) == BinaryPrimitives.ReadUInt32BigEndian(bytes[checksum..])
            ? ProxyProtocolFault.None
            : ProxyProtocolFault.Checksum;
    }

    /// <summary>§2.2.3: over the whole header, the checksum's own bytes taken for zeros (RFC 4960 appendix B: inverted, reflected).</summary>
    internal static uint Crc32c(ReadOnlySpan<byte> header, int checksum)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < header.Length; i++)
            crc = BitOperations.Crc32C(crc, i >= checksum && i < checksum + sizeof(uint) ? (byte)0 : header[i]);
        return ~crc;
    }
}
