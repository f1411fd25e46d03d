using System.Buffers.Binary;
using System.Net;
using System.Text;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

/// <summary>Builds PROXY headers, right and wrong, and reads them however they are cut.</summary>
internal static class ProxyHeaders
{
    public static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Version 2.</summary>
    public static byte[] V2(byte command, byte family, byte[] addresses, params byte[][] tlvs)
    {
        byte[] body = [.. addresses, .. tlvs.SelectMany(tlv => tlv)];
        return [.. Signature, command, family, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    public static byte[] Addresses(string source, string destination, int sourcePort, int destinationPort) =>
    [
        .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(),
        (byte)(sourcePort >> 8), (byte)sourcePort, (byte)(destinationPort >> 8), (byte)destinationPort,
    ];

    public static byte[] Tlv(byte type, params byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>Puts the right checksum in place of the four zeros of a TLV of type 3, by the polynomial's definition.</summary>
    public static byte[] WithChecksum(byte[] header)
    {
        var at = header.AsSpan().IndexOf([(byte)3, (byte)0, (byte)4, (byte)0, (byte)0, (byte)0, (byte)0]) + 3;
        var crc = uint.MaxValue;
        foreach (var b in header)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(at), ~crc);
        return header;
    }

    /// <summary>
    /// Reads a header at once and after every byte, and expects one verdict: what has been decided stays decided.
    /// </summary>
    public static (bool IsRead, ProxyProtocolHeader Header, int Consumed, ProxyProtocolFault Fault, int DecidedAfter) Read(byte[] bytes)
    {
        var isRead = ProxyProtocolHeader.TryRead(bytes, out var header, out var consumed, out var fault);
        var decidedAfter = -1;
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var early = ProxyProtocolHeader.TryRead(bytes.AsSpan(0, cut), out var earlyHeader, out var earlyConsumed, out var earlyFault);
            if (!early && earlyFault == ProxyProtocolFault.None)
            {
                Assert.Equal(-1, decidedAfter);
                Assert.Equal((default, 0), (earlyHeader, earlyConsumed));
                continue;
            }

            if (decidedAfter < 0)
                decidedAfter = cut;
            Assert.Equal((isRead, header, consumed, fault), (early, earlyHeader, earlyConsumed, earlyFault));
        }

        return (isRead, header, consumed, fault, decidedAfter);
    }

    public static (bool IsRead, ProxyProtocolHeader Header, int Consumed, ProxyProtocolFault Fault, int DecidedAfter) Read(string text) =>
        Read(Encoding.Latin1.GetBytes(text));
}
