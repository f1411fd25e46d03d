using System.Text;

namespace Gateway.Fuzz.Cost;

/// <summary>Ordinary JSON, as programs publish it, and the dearest kinds there are.</summary>
internal static class Documents
{
    private const string Record = """{"id":10423,"symbol":"EURUSD","bid":1.0837,"ask":1.0839,"at":"2026-01-01T12:00:00Z","tags":["fx","spot"],"open":true}""";

    public static readonly string[] Pieces =
        ["{", "}", "[", "]", ",", ":", "\"a\":", "1", "-1.5e-3", "true", "null", "\"\"", "\"text\"", "\"\\n\\n\"", "\"\\u0061\"", "\"\\u0061\":", " ", "\t", "\"\u00e9\"", "\"\\ud83d\\ude00\""];

    public static IReadOnlyList<byte[]> Dictionary { get; } = [.. Pieces.Select(Encoding.UTF8.GetBytes)];

    /// <summary>An array of records.</summary>
    public static string Ordinary(int size) => $"[{string.Join(',', Enumerable.Repeat(Record, Math.Max(1, (size - 2) / (Record.Length + 1))))}]";

    /// <summary>Values, each dear in its own way.</summary>
    /// <param name="head">What stands before the value.</param>
    /// <param name="tail">And behind it.</param>
    public static IReadOnlyList<CostCase> Worst(string head, string tail) =>
    [
        CostCase.Of("numbers of a digit", head + "[1", ",1", "]" + tail),
        CostCase.Of("empty arrays", head + "[[]", ",[]", "]" + tail),
        CostCase.Of("empty texts", head + "[\"\"", ",\"\"", "]" + tail),
        CostCase.Of("members with escaped names", head + "{\"a\":1", ",\"\\u0061\":1", "}" + tail),
        CostCase.Of("escapes", head + "\"", "\\n", "\"" + tail),
        CostCase.Of("escaped characters", head + "\"", "\\u0061", "\"" + tail),
        CostCase.Of("white space", head + "[1", " ", "]" + tail),
        new("levels", size => Encoding.Latin1.GetBytes(head + string.Concat(Enumerable.Repeat("[{\"\":", 100)) + "[1" + string.Concat(Enumerable.Repeat(",[[[1]]]", Math.Max(1, (size - 1000) / 8))) + "]" + string.Concat(Enumerable.Repeat("}]", 100)) + tail)),
    ];

    public static byte[] Generate(Random random, string head = "", string tail = "")
    {
        var text = new StringBuilder(head);
        var isArray = random.Next(2) == 0;
        var items = Enumerable.Range(0, random.Next(1, 1 << random.Next(10))).Select(_ => isArray ? random.One(Values) : random.One(Names) + ":" + random.One(Values));
        text.Append(isArray ? '[' : '{').AppendJoin(',', items).Append(isArray ? ']' : '}').Append(tail);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static readonly string[] Values = ["1", "\"\"", "[]", "{}", "null", "-0.5e+1", "\"\\n\"", "\"\\u00e9\\ud83d\\ude00\"", "[[[1]]]", "{\"a\":[{}]}", "\"0123456789abcdef\\\\\""];
    private static readonly string[] Names = ["\"\"", "\"a\"", "\"\\u0061\"", "\"id\"", "\"channel\"", "\"\\\\\"", "\"0123456789abcdef0123\""];
}
