using Gateway.Core.Channels;
using Gateway.Core.Protocols.Json;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>A message of gateway.v1, compared with a publication of ordinary JSON.</summary>
internal sealed class JsonCommandCost : ICostTarget
{
    private const string Publish = "{\"type\":\"publish\",\"channel\":\"chat:17\",\"data\":";

    public string Name => "json-command";

    public int MaxBytes => 1024 * 1024;

    public IReadOnlyList<byte[]> Dictionary { get; } =
        [.. Documents.Dictionary, .. Words.Dictionary("\"type\":\"ping\"", "\"type\":\"publish\"", "\"data\":", "\"channel\":\"\\u0061\"", "\"token\":", "\"key\":", "\"id\":1", "\"\\u0064ata\":")];

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        .. Documents.Worst(Publish, "}"),
        .. Documents.Worst("{\"data\":", ",\"type\":\"ping\"}").Select(worst => worst with { Name = $"a ping with data of {worst.Name}" }),
        CostCase.Of("a ping of escaped fields", "{\"type\":\"ping\"", ",\"\\u0061\":1", "}"),
        CostCase.Of("a ping of channels", "{\"type\":\"ping\"", ",\"channel\":\"\\ud800\"", "}"),
        CostCase.Of("a ping of white space", "{\"type\":\"ping\"", " ", "}"),
        CostCase.Of("a ping of data again and again", "{\"type\":\"publish\"", ",\"\\u0064ata\":[[]]", "}"),
        CostCase.Of("an unfinished text", "{\"data\":\"", "\\n"),
    ];

    public byte[] Generate(Random random) => random.Next(2) == 0
        ? Documents.Generate(random, Publish, "}")
        : Documents.Generate(random, "{\"type\":\"ping\",\"" + random.One(["x", "data", "id", "channel"]) + "\":", random.One(["}", ",\"channel\":\"a\"}", ",\"data\":1}"]));

    public Action Ordinary(int size) => Prepare(Words.Latin1(size < 200 ? "{\"type\":\"subscribe\",\"id\":17,\"channel\":\"chat:room-17\"}" : Publish + Documents.Ordinary(size - Publish.Length - 1) + "}"));

    public Action Prepare(byte[] input) => () =>
    {
        if (JsonCommand.TryParse(input, out var command))
            _ = ChannelName.TryParse(command.Channel, out _);
    };
}
