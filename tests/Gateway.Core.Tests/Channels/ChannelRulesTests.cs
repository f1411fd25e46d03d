using System.Text.RegularExpressions;
using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Channels;

public sealed class ChannelRulesTests
{
    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("", "a", false)]
    [InlineData("news", "news", true)]
    [InlineData("news", "News", false)]
    [InlineData("news", "news2", false)]
    [InlineData("news*", "news", true)]
    [InlineData("*news", "news", true)]
    [InlineData("chat:*", "chat:1", true)]
    [InlineData("chat:*", "chat", false)]
    [InlineData("*:private", "a:b:private", true)]
    [InlineData("a*b*c", "abc", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXcYb", false)]
    [InlineData("**", "a", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("a?", "ab", false)]
    public void Matches_Pattern_TakesTheStarForAnyRun(string pattern, string name, bool expected) =>
        Assert.Equal(expected, ChannelPattern.Matches(pattern, name));

    // The slow twin: the same pattern as a regular expression.
    [Fact]
    public void Matches_RandomPatterns_AgreesWithARegularExpression()
    {
        var random = new Random(7);
        var matched = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = Drawn(random, "ab:*", 7);
            var name = Drawn(random, "ab:", 9);
            var twin = "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "\\z";
            var expected = Regex.IsMatch(name, twin, RegexOptions.Singleline);
            matched += expected ? 1 : 0;
            Assert.True(expected == ChannelPattern.Matches(pattern, name), $"'{pattern}' and '{name}': expected {expected}");
        }

        Assert.InRange(matched, 1000, 19_000);
    }

    [Fact]
    public void Matches_ManyStarsAndNoMatch_StaysQuadratic()
    {
        // A backtracking matcher would need 2^100 steps, and this test would not end.
        var pattern = string.Concat(Enumerable.Repeat("a*", 100)) + "b";
        Assert.False(ChannelPattern.Matches(pattern, new string('a', 255)));
    }

    [Fact]
    public void Rules_None_LetAnyoneSubscribeAndNobodyPublish()
    {
        var rules = new ChannelRules([]);
        Assert.Equal((true, false), Of(rules, "news"));
    }

    [Fact]
    public void Rules_Several_TheFirstThatMatchesDecides()
    {
        var rules = new ChannelRules(
        [
            new RuleOptions { Pattern = "chat:secret", Subscribe = RuleAudience.Nobody },
            new RuleOptions { Pattern = "chat:*", Publish = RuleAudience.Anyone },
            new RuleOptions { Pattern = "*:secret", Publish = RuleAudience.Anyone },
        ]);

        Assert.Equal((false, false), Of(rules, "chat:secret"));
        Assert.Equal((true, true), Of(rules, "chat:1"));
        Assert.Equal((true, true), Of(rules, "other:secret"));
        Assert.Equal((false, false), Of(rules, "unmatched"));
    }

    private static (bool Subscribe, bool Publish) Of(ChannelRules rules, string channel) =>
        (May(rules, channel, ChannelAction.Subscribe), May(rules, channel, ChannelAction.Publish));

    private static bool May(ChannelRules rules, string channel, ChannelAction action) =>
        rules.Judge(ChannelName.Parse(channel), ClientIdentity.Anonymous, action).IsAllowed;

    private static string Drawn(Random random, string letters, int maxLength) =>
        new([.. Enumerable.Range(0, random.Next(maxLength + 1)).Select(_ => letters[random.Next(letters.Length)])]);
}
