using System.Buffers.Binary;
using Gateway.Core.Transport;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>The PROXY protocol's header, compared with one whose bytes are in one TLV.</summary>
internal sealed class ProxyHeaderCost : ICostTarget
{
    private static readonly byte[] Signature = Words.Latin1("\r\n\r\n\0\r\nQUIT\n");

    public string Name => "proxy-header";

    public int MaxBytes => ProxyProtocolV2.MaxBytes;

    public IReadOnlyList<byte[]> Dictionary { get; } = [[4, 0, 0], [3, 0, 4, 0, 0, 0, 0], [4, 0, 1, 0], Signature, [0x21, 0x11], .. Words.Dictionary("PROXY TCP4 1.2.3.4 ", " ")];

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        new("empty TLVs", size => Header([4, 0, 0], size, hasChecksum: false)),
        new("empty TLVs and a checksum", size => Header([4, 0, 0], size, hasChecksum: true)),
        new("TLVs of a byte", size => Header([5, 0, 1, 0], size, hasChecksum: false)),
    ];

    public byte[] Generate(Random random) => Header([4, 0, .. random.One<byte[]>([[0], [1, 9], [2, 9, 9]])], random.Next(28, MaxBytes), random.Next(2) == 0);

    public Action Ordinary(int size) => Prepare(Header([4, (byte)((size - 50) >> 8), (byte)(size - 50), .. new byte[Math.Max(0, size - 50)]], size, hasChecksum: true));

    public Action Prepare(byte[] input) => () => _ = ProxyProtocolHeader.TryRead(input, out _, out _, out _);

    private static byte[] Header(byte[] tlv, int size, bool hasChecksum)
    {
        List<byte> body = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2];
        if (hasChecksum)
            body.AddRange([3, 0, 4, 0, 0, 0, 0]);
        while (16 + body.Count + tlv.Length <= size)
            body.AddRange(tlv);
        byte[] header = [.. Signature, 0x21, 0x11, (byte)(body.Count >> 8), (byte)body.Count, .. body];
        if (hasChecksum)
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(31), ProxyProtocolV2.Crc32c(header, 31));
        return header;
    }
}
