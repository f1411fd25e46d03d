using Gateway.Core.Channels;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>What a payload is to a client that gets it in JSON.</summary>
internal sealed class PayloadCost : ICostTarget
{
    public string Name => "payload";

    public int MaxBytes => 256 * 1024;

    public IReadOnlyList<byte[]> Dictionary => Documents.Dictionary;

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        .. Documents.Worst("", ""),
        CostCase.Of("all but JSON", "[1", ",[]", "]]"),
        CostCase.Of("characters of two bytes", "\"", "\u00C3\u00A4", "\""),
    ];

    public byte[] Generate(Random random) => Documents.Generate(random);

    public Action Ordinary(int size) => Prepare(Words.Latin1(Documents.Ordinary(size)));

    public Action Prepare(byte[] input) => () => _ = PayloadKinds.Of(input);
}
