using Gateway.Core.Publications;
using Gateway.Fuzz.Targets;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>The header of a publication.</summary>
internal sealed class PublicationHeaderCost : ICostTarget
{
    private static readonly PublicationHeaderTarget Grammar = new();

    public string Name => "publication-header";

    public int MaxBytes => PublicationHeader.MaxBytes;

    // As of an envelope: who can publish at the broker is trusted with every channel.
    public TimeSpan Floor => TimeSpan.FromMicroseconds(200);

    public IReadOnlyList<byte[]> Dictionary => Grammar.Dictionary;

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        new("empty fields", static size => Of(size, [9, 0, 0])),
        new("keys of one byte", static size => Of(size, [1, 0, 1, (byte)'k'])),
    ];

    public byte[] Generate(Random random) => Grammar.Generate(random);

    public Action Ordinary(int size) => Prepare(PublicationHeader.Write(new byte[Math.Max(0, size - 30)], (PublicationField.Key, "EUR/USD")));

    public Action Prepare(byte[] input) => () =>
    {
        var header = PublicationHeader.Read(input, out _);
        _ = PublicationKey.Of(header.Key);
    };

    /// <summary>A header of as many of one field as fit.</summary>
    private static byte[] Of(int size, byte[] field)
    {
        var count = Math.Max(0, Math.Min(size, PublicationHeader.MaxBytes) - 6) / field.Length;
        var length = count * field.Length;
        return [0x00, 0x67, 0x77, 1, (byte)(length >> 8), (byte)length, .. Enumerable.Repeat(field, count).SelectMany(static bytes => bytes)];
    }
}
