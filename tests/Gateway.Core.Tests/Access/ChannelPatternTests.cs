using System.Text.RegularExpressions;
using Gateway.Core.Access;

namespace Gateway.Core.Tests.Access;

public sealed class ChannelPatternTests
{
    private static readonly ClientIdentity Alice = new() { Subject = "alice", Claims = new Dictionary<string, string> { ["team"] = "red", ["level"] = "3", ["https://example.org/tenant"] = "acme" } };

    [Theory]
    [InlineData("user:{sub}", "user:alice", PatternMatch.Matches)]
    [InlineData("user:{sub}", "user:bob", PatternMatch.NotYours)]
    [InlineData("user:{sub}", "user:Alice", PatternMatch.NotYours)]
    [InlineData("user:{sub}", "user:alice2", PatternMatch.NotYours)]
    [InlineData("user:{sub}", "user:*", PatternMatch.NotYours)]
    [InlineData("user:{sub}", "user:", PatternMatch.None)]
    [InlineData("user:{sub}", "user", PatternMatch.None)]
    [InlineData("user:{sub}", "user:alice:inbox", PatternMatch.None)]
    [InlineData("user:{sub}", "xuser:alice", PatternMatch.None)]
    [InlineData("user:{sub}:*", "user:alice:inbox", PatternMatch.Matches)]
    [InlineData("user:{sub}:*", "user:alice:", PatternMatch.Matches)]
    [InlineData("user:{sub}:*", "user:bob:alice:", PatternMatch.NotYours)]
    [InlineData("user:{sub}:*", "user:alice", PatternMatch.None)]
    [InlineData("*:{sub}", "a:b:alice", PatternMatch.Matches)]
    [InlineData("*:{sub}", "a:alice:b", PatternMatch.NotYours)]
    [InlineData("*:{sub}", ":alice", PatternMatch.Matches)]
    [InlineData("team:{team}:{sub}", "team:red:alice", PatternMatch.Matches)]
    [InlineData("team:{team}:{sub}", "team:blue:alice", PatternMatch.NotYours)]
    [InlineData("team:{team}:{sub}", "team:red:bob", PatternMatch.NotYours)]
    [InlineData("level-{level}-chat", "level-3-chat", PatternMatch.Matches)]
    [InlineData("level-{level}-chat", "level-33-chat", PatternMatch.NotYours)]
    [InlineData("level-{level}-chat", "level--chat", PatternMatch.None)]
    [InlineData("t:{https://example.org/tenant}", "t:acme", PatternMatch.Matches)]
    [InlineData("{sub}", "alice", PatternMatch.Matches)]
    [InlineData("{sub}", "bob", PatternMatch.NotYours)]
    [InlineData("{sub}:{sub}", "alice:alice", PatternMatch.Matches)]
    [InlineData("{sub}:{sub}", "alice:bob", PatternMatch.NotYours)]
    [InlineData("user:{nothing}", "user:alice", PatternMatch.NotYours)]
    [InlineData("user:*", "user:bob", PatternMatch.Matches)]
    public void Match_Pattern_ItsShapeDecidesAndTheValueSaysWhose(string pattern, string channel, PatternMatch expected) =>
        Assert.Equal(expected, ChannelPattern.Parse(pattern).Match(channel, Alice));

    [Theory]
    [InlineData("*", "user:bob")]
    [InlineData("*", "user:alice")]
    [InlineData("", "user:alice")]
    [InlineData("a:b", "user:a")]
    [InlineData("a:b", "user:b")]
    [InlineData("{sub}", "user:alice")]
    [InlineData("{", "user:alice")]
    [InlineData("alice:", "user:alice")]
    [InlineData("\u0001", "user:alice")]
    [InlineData("alic", "user:alice")]
    [InlineData("ALICE", "user:alice")]
    [InlineData("alice ", "user:alice")]
    [InlineData("alice\0", "user:alice")]
    [InlineData("a\u0301lice", "user:\u00E1lice")]
    public void Match_ASubjectChosenToWiden_WidensNothing(string subject, string channel) =>
        Assert.Equal(PatternMatch.NotYours, ChannelPattern.Parse("user:{sub}").Match(channel, new ClientIdentity { Subject = subject }));

    [Theory]
    [InlineData("*", "user:*")]
    [InlineData("{sub}", "user:{sub}")]
    [InlineData("a*b", "user:a*b")]
    public void Match_ASubjectThatLooksLikeAPattern_HasTheChannelOfThatNameAlone(string subject, string channel) =>
        Assert.Equal(PatternMatch.Matches, ChannelPattern.Parse("user:{sub}").Match(channel, new ClientIdentity { Subject = subject }));

    [Fact]
    public void Match_ASubjectWithAColon_HasNoChannelAndReachesNobodyElses()
    {
        var pattern = ChannelPattern.Parse("team:{team}:{sub}");
        var client = new ClientIdentity { Subject = "b:c", Claims = new Dictionary<string, string> { ["team"] = "a" } };
        Assert.Equal(PatternMatch.None, pattern.Match("team:a:b:c", client));
        Assert.Equal(PatternMatch.NotYours, pattern.Match("team:a:c", client));
    }

    [Theory]
    [InlineData("user:{sub", "brace")]
    [InlineData("user:sub}", "brace")]
    [InlineData("user:{}", "names no claim")]
    [InlineData("user:{a b}", "space")]
    [InlineData("user:{a+b}", "names no claim")]
    [InlineData("user:{{sub}}", "names no claim")]
    [InlineData("{a}{b}", "two placeholders")]
    [InlineData("{a}-{b}", "two placeholders")]
    [InlineData("x:{a}*", "end is not certain")]
    [InlineData("x:*{a}", "end is not certain")]
    [InlineData("x:a*b{a}", "end is not certain")]
    [InlineData("*:{a}:*", "its place")]
    [InlineData("a b", "space")]
    [InlineData("a,b", "comma")]
    public void Parse_WhatIsWrong_IsSaid(string pattern, string fault)
    {
        Assert.False(ChannelPattern.TryParse(pattern, out _, out var said));
        Assert.Contains(fault, said);
    }

    [Theory]
    [InlineData("*", "anything:*", true)]
    [InlineData("*", "user:{sub}", true)]
    [InlineData("user:*", "user:{sub}", true)]
    [InlineData("user:{sub}", "user:{name}", true)]
    [InlineData("user:{sub}", "user:bob", true)]
    [InlineData("user:{sub}", "user:*", false)]
    [InlineData("user:{sub}", "user:a:b", false)]
    [InlineData("a*", "a*b", true)]
    [InlineData("a*b", "a*", false)]
    [InlineData("*:secret", "chat:*", false)]
    [InlineData("news", "news", true)]
    [InlineData("news", "new", false)]
    public void Covers_AnotherPattern_OnlyIfAllItsChannelsAreItsOwn(string pattern, string other, bool expected) =>
        Assert.Equal(expected, ChannelPattern.Parse(pattern).Covers(ChannelPattern.Parse(other)));

    // The slow twin: the shape and the client's own names as regular expressions.
    [Fact]
    public void Match_RandomPatterns_AgreesWithRegularExpressions()
    {
        var random = new Random(11);
        var client = new ClientIdentity { Subject = "a", Claims = new Dictionary<string, string> { ["x"] = "ab" } };
        var seen = new int[3];
        for (var i = 0; i < 30_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => ((string[])["a", "b", ":", "*", "{sub}", "{x}"])[random.Next(6)]));
            if (!ChannelPattern.TryParse(text, out var pattern, out _))
                continue;
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => "ab:"[random.Next(3)]));
            var escaped = Regex.Escape(text).Replace("\\*", ".*", StringComparison.Ordinal);
            var shape = Regex.IsMatch(name, "^" + escaped.Replace("\\{sub}", "[^:]+", StringComparison.Ordinal).Replace("\\{x}", "[^:]+", StringComparison.Ordinal) + "\\z");
            var own = Regex.IsMatch(name, "^" + escaped.Replace("\\{sub}", "a", StringComparison.Ordinal).Replace("\\{x}", "ab", StringComparison.Ordinal) + "\\z");
            var expected = !shape ? PatternMatch.None : own ? PatternMatch.Matches : PatternMatch.NotYours;
            seen[(int)expected]++;
            Assert.True(expected == pattern.Match(name, client), $"'{text}' and '{name}': expected {expected}");
        }

        Assert.All(seen, count => Assert.True(count > 500));
    }
}
