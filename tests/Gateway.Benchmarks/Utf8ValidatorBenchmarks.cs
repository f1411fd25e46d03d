using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Framing;

namespace Gateway.Benchmarks;

/// <summary>Judging 64 KiB of text: at once, and as it comes in segments of a network.</summary>
public class Utf8ValidatorBenchmarks
{
    private const int Size = 64 * 1024;
    private const int Segment = 1448; // 1,500 of Ethernet less IP, TCP and timestamps: it cuts characters

    private byte[] _text = [];

    [Params("ascii", "mixed")]
    public string Text { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _text = Encoding.UTF8.GetBytes(Text == "ascii" ? new string('x', Size) : string.Concat(Enumerable.Repeat("xé€𝄞", Size / 10)));

    [Benchmark]
    public bool Whole() => default(Utf8Validator).AppendLast(_text);

    [Benchmark]
    public bool InSegments()
    {
        var validator = default(Utf8Validator);
        var rest = _text.AsSpan();
        for (; rest.Length > Segment; rest = rest[Segment..])
        {
            if (!validator.Append(rest[..Segment]))
                return false;
        }

        return validator.AppendLast(rest);
    }
}
