using System.Text;
using Gateway.Core.Transport;

namespace Gateway.Fuzz.Targets;

/// <summary>The PROXY protocol's header, both versions.</summary>
internal sealed class ProxyHeaderTarget : IFuzzTarget
{
    private static readonly string[] Families = ["TCP4", "TCP4", "TCP6", "TCP6", "UNKNOWN", "UDP4"];
    private static readonly string[] Addresses4 = ["1.2.3.4", "255.255.255.255", "0.0.0.0", "01.2.3.4", "1.2.3", "256.1.1.1"];
    private static readonly string[] Addresses6 = ["::1", "2001:db8::9", "::ffff:1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1%1", "[::1]", "1::2::3"];
    private static readonly string[] Ports = ["0", "1", "443", "65535", "65536", "00", "-1"];
    private static readonly byte[] Signature = Words.Latin1("\r\n\r\n\0\r\nQUIT\n");
    private static readonly byte[] FamilyBytes = [0x00, 0x11, 0x11, 0x12, 0x21, 0x21, 0x22, 0x31, 0x32, 0x13];

    public string Name => "proxy-header";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. Words.Dictionary([.. Families, .. Addresses4, .. Addresses6, .. Ports, "PROXY ", "\r\n", "\r", "\n", " ", "GET / HTTP/1.1\r\n"]),
        Signature, [0x20], [0x21], [0x03, 0, 4, 0, 0, 0, 0], [0x04, 0, 0], [0xFF, 0xFF], [0x0F, 0xF0],
    ];

    public byte[] Generate(Random random) => [.. random.Next(2) == 0 ? Version1(random) : Version2(random), .. "GET / HTTP/1.1\r\n"u8[..random.Next(17)]];

    public string Check(ReadOnlySpan<byte> input, Random random)
    {
        var isRead = ProxyProtocolHeader.TryRead(input, out var header, out var consumed, out var fault);
        var isDecided = false;
        foreach (var cut in Cuts.Of(input.Length, random))
        {
            var early = ProxyProtocolHeader.TryRead(input[..cut], out var earlyHeader, out var earlyConsumed, out var earlyFault);
            if (!early && earlyFault == ProxyProtocolFault.None)
            {
                Property.Holds(!isDecided, "What has been decided is undecided after more bytes.");
                continue;
            }

            isDecided = true;
            Property.Equal((isRead, header, consumed, fault), (early, earlyHeader, earlyConsumed, earlyFault), "Verdict after a part");
        }

        Property.Holds(isRead == (consumed > 0) && (!isRead || fault == ProxyProtocolFault.None), "A header that is read has a size and no fault.");
        Property.Holds(consumed <= Math.Min(input.Length, ProxyProtocolV2.MaxBytes), "A header is bounded.");
        Property.Holds(isRead || fault != ProxyProtocolFault.None || input.Length < ProxyProtocolV2.MaxBytes, "More is wanted above the limit.");
        Property.Holds((header.Source is null) == (header.Destination is null), "Both addresses or none.");
        return !isRead ? fault == ProxyProtocolFault.None ? "incomplete" : fault.Label()
            : $"version {(input[0] == 'P' ? 1 : 2)}, {header.Source?.AddressFamily.ToString() ?? "no address"}";
    }

    private static byte[] Version1(Random random)
    {
        var family = random.One(Families);
        var addresses = family == "TCP4" ? Addresses4 : Addresses6;
        var text = new StringBuilder("PROXY ").Append(family);
        foreach (var words in new[] { addresses, addresses, Ports, Ports })
            text.Append(' ').Append(random.Next(3) == 0 ? random.One(words) : words[0]);
        return Words.Latin1(text.Append("\r\n").ToString());
    }

    private static byte[] Version2(Random random)
    {
        var family = random.One(FamilyBytes);
        var size = (family >> 4) switch { 1 => 12, 2 => 36, 3 => 216, _ => random.Next(20) };
        var body = random.Bytes(Math.Max(0, size - (random.Next(10) == 0 ? 1 : 0))).ToList();
        var checksum = -1;
        for (var tlvs = random.Next(4); tlvs > 0; tlvs--)
        {
            if (random.Next(3) == 0)
            {
                checksum = 16 + body.Count + 3;
                body.AddRange([3, 0, 4, 0, 0, 0, 0]);
                continue;
            }

            var length = random.Next(20) == 0 ? random.Next(5000) : random.Next(40);
            body.AddRange([(byte)random.Next(4, 256), (byte)(length >> 8), (byte)length, .. random.Bytes(length)]);
        }

        byte[] header = [.. Signature, random.One<byte>([0x21, 0x21, 0x21, 0x20, 0x22]), family, (byte)(body.Count >> 8), (byte)body.Count, .. body];
        if (checksum > 0)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(checksum), ProxyProtocolV2.Crc32c(header, checksum));
        return header;
    }
}
