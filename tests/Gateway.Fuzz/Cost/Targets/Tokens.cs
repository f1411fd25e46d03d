using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>Tokens as clients send them, made up or signed.</summary>
internal static class Tokens
{
    public const string Secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static readonly string[] Headers =
    [
        """{"alg":"HS256"}""", """{"alg":"HS512","typ":"JWT","kid":"k"}""", """{"alg":"none"}""", """{"alg":"ES256"}""", """{"\u0061lg":"HS256","a":[[[[]]]]}""", """{"alg":"HS256","crit":[]}""", "{", "[]", """{"alg":"\ud800"}""", """{"\ud800":1}""",
    ];

    public static IReadOnlyList<byte[]> Dictionary { get; } = Words.Dictionary([".", "..", "e30", "eyJhbGciOiJIUzI1NiJ9", .. Headers.Select(Encode)]);

    /// <summary>Signed.</summary>
    public static string Sign(string payload, string header = """{"alg":"HS256","typ":"JWT"}""")
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(Secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>A signed one of about so many characters.</summary>
    public static string Ordinary(int size) => Sign($$"""{"sub":"alice","exp":9999999999,"channel":"news","picture":"{{new string('x', Math.Max(1, ((size - 90) * 3 / 4) - 80))}}"}""");

    public static byte[] Generate(Random random) => Words.Latin1(random.Next(3) == 0
        ? Sign(random.One(["{}", """{"sub":"u1"}""", "[]", "{", """{"exp":[]}"""]), random.One(Headers))
        : $"{Encode(random.One(Headers))}.{Encode(Encoding.UTF8.GetString(Documents.Generate(random)))}.{Base64Url.EncodeToString(random.Bytes(random.Next(80)))}");

    /// <summary>What anybody can make up: nobody has signed it.</summary>
    public static IReadOnlyList<CostCase> Worst { get; } =
    [
        .. Documents.Worst("{\"alg\":\"HS256\",\"a\":", "}").Select(worst => worst with { Name = $"a header of {worst.Name}", Make = size => Words.Latin1($"{Encode(worst.Make((size * 3 / 4) - 60))}.e30.AAAA") }),
        .. Documents.Worst("{\"exp\":", "}").Select(worst => worst with { Name = $"claims of {worst.Name}", Make = size => Words.Latin1($"{Encode("""{"alg":"HS512"}"""u8)}.{Encode(worst.Make((size * 3 / 4) - 60))}.AAAA") }),
        CostCase.Of("dots", "", "."),
        new("a long signature", size => Words.Latin1($"{Encode("""{"alg":"HS512"}"""u8)}.e30.{new string('A', (size - 40) / 4 * 4)}")),
        new("nothing in particular", size => Words.Latin1(new string('A', size))),
    ];

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
