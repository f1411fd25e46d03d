using Gateway.Admin;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>A backend's publication over HTTP, compared with one of ordinary JSON.</summary>
internal sealed class PublishBodyCost : ICostTarget
{
    private const string Start = "{\"channel\":\"news\",\"data\":";

    public string Name => "publish-body";

    public int MaxBytes => 256 * 1024;

    // A refusal is an exception, which the server of the admin side expects; HTTP itself costs as much.
    public TimeSpan Floor => TimeSpan.FromMicroseconds(200);

    public IReadOnlyList<byte[]> Dictionary { get; } = [.. Documents.Dictionary, .. Words.Dictionary("\"channels\":[", "\"text\":", "\"binary\":", "\"key\":")];

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        .. Documents.Worst(Start, "}"),
        CostCase.Of("a text of escapes", "{\"channel\":\"news\",\"text\":\"", "\\u0061", "\"}"),
        CostCase.Of("channels", "{\"data\":1,\"channels\":[\"a\"", ",\"a\"", "]}"),
        CostCase.Of("base64 in escapes", "{\"channel\":\"news\",\"binary\":\"", "\\u0041\\u0041\\u0041\\u0041", "\"}"),
    ];

    public byte[] Generate(Random random) => Documents.Generate(random, random.One([Start, "{\"channel\":\"news\",\"text\":", "{\"data\":1,\"channels\":"]), "}");

    public Action Ordinary(int size) => Prepare(Words.Latin1(Start + Documents.Ordinary(size - Start.Length - 1) + "}"));

    public Action Prepare(byte[] input) => () =>
    {
        try
        {
            _ = PublishRequest.Parse(input);
        }
        catch (BadHttpRequestException)
        {
            // refused
        }
    };
}
