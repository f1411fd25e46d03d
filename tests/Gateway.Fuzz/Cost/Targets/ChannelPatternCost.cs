using Gateway.Core.Access;
using Gateway.Core.Channels;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>A pattern, a line break, and a channel's name: a token has a hundred patterns, and all are looked at.</summary>
internal sealed class ChannelPatternCost : ICostTarget
{
    private const int PatternsOfAToken = 100;

    public string Name => "channel-pattern";

    public int MaxBytes => 2 * ChannelName.MaxBytes;

    public IReadOnlyList<byte[]> Dictionary { get; } = Words.Dictionary("*", "a", "aa", "ab", "*a", "*b", "\n", ":", "{sub}", "aaaaaaaa");

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        Case("letters as far apart as they go", "*a", "a", "*"),
        Case("a letter that is missing", "*a", "a", "*b"),
        Case("a long text that is nearly there", "a", "a", "b", "*"),
        Case("texts that nearly match", "*aab", "aaaab"),
    ];

    public byte[] Generate(Random random) =>
        Words.Latin1(string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => random.One(["*", "a", "aa", "ab", ":"]))) + "\n" + string.Concat(Enumerable.Repeat(random.One(["a", "ab", "aab", ":"]), random.Next(80))));

    public Action Ordinary(int size) => Prepare(Words.Latin1($"chat:{new string('r', Math.Max(0, (size / 2) - 8))}-*\nchat:{new string('r', Math.Max(0, (size / 2) - 8))}-17"));

    public Action Prepare(byte[] input)
    {
        var lines = System.Text.Encoding.Latin1.GetString(input).Split('\n', 2);
        var (pattern, name) = (lines[0], lines[^1]);
        // A token with such a pattern is refused.
        if (name.Length > ChannelName.MaxBytes || pattern.Length > ChannelName.MaxBytes || pattern.AsSpan().Count('*') > ChannelPattern.MaxStars)
            return static () => { };
        var isRule = ChannelPattern.TryParse(pattern, out var rule, out _);
        return () =>
        {
            for (var i = 0; i < PatternsOfAToken; i++)
                _ = ChannelPattern.Matches(pattern, name);
            if (isRule)
                _ = rule!.Match(name, ClientIdentity.Anonymous);
        };
    }

    private static CostCase Case(string name, string pattern, string channel, string patternEnd = "", string patternStart = "") => new(name, size =>
        Words.Latin1(patternStart + string.Concat(Enumerable.Repeat(pattern, Times(pattern, size))) + patternEnd + "\n" + string.Concat(Enumerable.Repeat(channel, ((size / 2) - 2) / channel.Length))));

    /// <summary>As often as half of the size has room, and a pattern may have stars.</summary>
    private static int Times(string pattern, int size) =>
        Math.Min(((size / 2) - 2) / pattern.Length, pattern.Contains('*', StringComparison.Ordinal) ? ChannelPattern.MaxStars - 1 : int.MaxValue);
}
