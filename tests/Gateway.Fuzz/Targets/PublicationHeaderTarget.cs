using System.Buffers.Binary;
using Gateway.Core.Publications;

namespace Gateway.Fuzz.Targets;

/// <summary>The header of a publication, which whoever may publish at the broker chooses.</summary>
internal sealed class PublicationHeaderTarget : IFuzzTarget
{
    private static readonly byte[] Mark = [0x00, 0x67, 0x77];

    public string Name => "publication-header";

    public IReadOnlyList<byte[]> Dictionary { get; } = [Mark, [.. Mark, 1, 0, 0], [.. Mark, 2, 0, 0], [1, 0, 1, (byte)'k'], [2, 0, 0], [3, 0, 1, 0xFF], [4, 0, 0], [0xFF, 0xFF], .. Words.Dictionary("{}", "k")];

    public byte[] Generate(Random random)
    {
        var fields = new List<byte>();
        for (var count = random.Next(5); count > 0; count--)
        {
            var length = random.Next(20) == 0 ? random.Next(70_000) : random.Next(40);
            fields.AddRange([(byte)(random.Next(4) == 0 ? random.Next(256) : random.Next(6)), (byte)(length >> 8), (byte)length, .. random.Bytes(length)]);
        }

        var said = random.Next(5) == 0 ? random.Next(65_536) : fields.Count;
        return [.. Mark, (byte)(random.Next(5) == 0 ? random.Next(256) : 1), (byte)(said >> 8), (byte)said, .. fields, .. random.Bytes(random.Next(30))];
    }

    public string Check(ReadOnlySpan<byte> input, Random random)
    {
        var header = PublicationHeader.Read(input, out var payload);
        Property.Holds(input.EndsWith(payload), "A payload is the end of the message.");
        var length = PublicationHeader.LengthOf(input);
        Property.Equal(header.Result is HeaderResult.Read or HeaderResult.NewerVersion ? length : 0, input.Length - payload.Length, "What is in front of the payload");
        Property.Holds(length <= PublicationHeader.MaxBytes, "A header is bounded.");
        Property.Equal(PublicationHeader.Begins(input), header.Result != HeaderResult.None, "Taken for a header");
        if (header.Result != HeaderResult.Read)
        {
            Property.Holds(header.Key.IsEmpty && header.Traceparent.IsEmpty && header.Tracestate.IsEmpty && !header.IsBinary, "What is not read says nothing.");
            return header.Result.ToString();
        }

        var (key, isBinary) = SlowlyRead(input[..length]);
        Property.Holds(header.Key.SequenceEqual(key), "The key is the last field of its tag.");
        Property.Equal(isBinary, header.IsBinary, "Bytes");
        return $"read, {(key.Length > 0 ? "a key" : "no key")}{(isBinary ? ", bytes" : "")}";
    }

    /// <summary>The same by the words of the documentation.</summary>
    private static (byte[] Key, bool IsBinary) SlowlyRead(ReadOnlySpan<byte> header)
    {
        var (key, isBinary) = (Array.Empty<byte>(), false);
        for (var at = 6; at < header.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
            if (header[at] == 1)
                key = header.Slice(at + 3, length).ToArray();
            isBinary |= header[at] == 4;
            at += 3 + length;
        }

        return (key, isBinary);
    }
}
