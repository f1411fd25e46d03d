using Gateway.Auth;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>What an issuer has signed, compared with claims of the same size that are an ordinary document.</summary>
internal sealed class ClaimsCost : ICostTarget
{
    private const string Start = "{\"sub\":\"alice\",\"exp\":9999999999";

    private readonly JwtClaims _claims = new(TimeProvider.System, TimeSpan.FromSeconds(30));

    public string Name => "claims";

    public int MaxBytes => 6 * 1024;

    // Nobody but a trusted issuer can have one refused by an exception.
    public TimeSpan Floor => TimeSpan.FromMicroseconds(100);

    public IReadOnlyList<byte[]> Dictionary { get; } = [.. Documents.Dictionary, .. Words.Dictionary("\"channels\":[", "\"limits\":{", "\"sub\":", "\"pattern\":", "\"rights\":[\"subscribe\"]", "\"exp\":1e99")];

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        .. Documents.Worst(Start + ",\"a\":", "}"),
        new("different claims", size => Words.Latin1(Start + string.Concat(Enumerable.Range(0, (size - 40) / 9).Select(number => $",\"{number:D4}\":1")) + "}")),
        new("rights", size => Words.Latin1(Start + ",\"channels\":[\"a\"" + string.Concat(Enumerable.Repeat(""",{"pattern":"a*","rights":["publish","subscribe"]}""", Math.Min(99, (size - 50) / 49))) + "]}")),
        new("rights again and again", size => Words.Latin1(Start + ""","channels":[{"pattern":"a*","rights":["publish" """ + string.Concat(Enumerable.Repeat(",\"subscribe\"", (size - 90) / 12)) + "]}]}")),
    ];

    public byte[] Generate(Random random) => Documents.Generate(random, Start + ",\"" + random.One(["a", "channels", "limits", "exp", "jti"]) + "\":", "}");

    public Action Ordinary(int size) => Prepare(Words.Latin1($$"""{{Start}},"roles":{{Documents.Ordinary(size - 50)}}}"""));

    public Action Prepare(byte[] input) => () => _ = _claims.Read(input);
}
