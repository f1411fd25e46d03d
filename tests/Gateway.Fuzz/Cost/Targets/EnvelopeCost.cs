using Gateway.Core.Brokers;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>What comes by the broker from backends and other nodes, compared with a publication of ordinary JSON.</summary>
internal sealed class EnvelopeCost : ICostTarget
{
    private const string Start = "{\"v\":1,\"channels\":[\"news\"],\"data\":";

    private readonly Action<byte[]> _read;

    private EnvelopeCost(string name, Action<byte[]> read) => (Name, _read) = (name, read);

    /// <summary>One for each kind.</summary>
    public static IReadOnlyList<ICostTarget> All { get; } =
    [
        new EnvelopeCost("envelope", static json => _ = Envelope.TryParse(json)),
        new EnvelopeCost("announcement", static json => _ = NodeAnnouncement.TryParse(json)),
        new EnvelopeCost("question", static json => _ = NodeQuestion.TryParse(json)),
        new EnvelopeCost("answer", static json => _ = NodeAnswer.TryParse(json)),
    ];

    public string Name { get; }

    public int MaxBytes => 256 * 1024;

    // A malformed one is an exception of the library; who can send it is trusted with every channel.
    public TimeSpan Floor => TimeSpan.FromMicroseconds(200);

    public IReadOnlyList<byte[]> Dictionary { get; } = [.. Documents.Dictionary, .. Words.Dictionary("\"op\":\"ask\"", "\"body\":", "\"channels\":[", "\"id\":\"1\"", "\"node\":\"a\"", "\"from\":\"a\"", "\"ask\":\"user\"", "\"v\":2")];

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        .. Documents.Worst(Start, "}"),
        .. Documents.Worst("{\"v\":1,\"id\":\"1\",\"node\":\"a\",\"body\":", "}").Select(worst => worst with { Name = $"a body of {worst.Name}" }),
        CostCase.Of("channels", "{\"v\":1,\"data\":1,\"channels\":[\"a\"", ",\"a\"", "]}"),
        CostCase.Of("unknown fields", "{\"v\":1", ",\"\\u0061\":1", "}"),
        CostCase.Of("the same field", "{\"v\":1", ",\"v\":1", "}"),
    ];

    public byte[] Generate(Random random) => Documents.Generate(random, random.One([Start, "{\"v\":1,\"channels\":", "{\"v\":1,\"id\":\"1\",\"node\":\"a\",\"body\":"]), "}");

    public Action Ordinary(int size) => Prepare(Words.Latin1(Start + Documents.Ordinary(size - Start.Length - 1) + "}"));

    public Action Prepare(byte[] input) => () => _read(input);
}
