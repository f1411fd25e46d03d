using Gateway.Core.Json;
using Gateway.Core.Options;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>The key of a publication in a channel that is conflated.</summary>
internal sealed class JsonPointerCost : ICostTarget
{
    private readonly JsonPointer _key = JsonPointer.TryParse("/a/5000/id", out var key) ? key : throw new FuzzException("No pointer.");
    private readonly JsonPointer _item = JsonPointer.TryParse("/5000000", out var item) ? item : throw new FuzzException("No pointer.");

    public string Name => "json-pointer";

    public int MaxBytes => 256 * 1024;

    public IReadOnlyList<byte[]> Dictionary => Documents.Dictionary;

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        .. Documents.Worst("", ""),
        CostCase.Of("members named alike", "{\"b\":0", ",\"\\u0062\":[[]]", "}"),
        CostCase.Of("the key at the end", "{\"a\":[0", ",[]", "]}"),
    ];

    public byte[] Generate(Random random) => Documents.Generate(random);

    public Action Ordinary(int size) => Prepare(Words.Latin1(Documents.Ordinary(size)));

    public Action Prepare(byte[] input) => JsonScanner.IsValue(input, 1000) ? () => _ = _key.ScalarIn(input, 255) ?? _item.ScalarIn(input, 255) : () => { };
}
