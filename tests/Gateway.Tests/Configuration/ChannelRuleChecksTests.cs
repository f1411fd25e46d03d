using Gateway.Configuration;

namespace Gateway.Tests.Configuration;

public sealed class ChannelRuleChecksTests
{
    private const string Key = "a key of the tests, long enough to be one";

    [Fact]
    public void Check_SeveralErrors_AreReportedTogether()
    {
        var (_, errors) = Bound.Of(
            ("Gateway:Rules:0:Pattern", "user:{sub"),
            ("Gateway:Rules:1:Pattern", "a"),
            ("Gateway:Rules:2:Pattern", "a"),
            ("Gateway:Rules:3:Pattern", "b"),
            ("Gateway:Rules:3:Publish", "token"),
            ("Gateway:Rules:4:Pattern", "c"),
            ("Gateway:Rules:4:Subscribe", "token"),
            ("Gateway:Rules:5:Pattern", "d"),
            ("Gateway:Rules:5:Subscribe", "authorizer"),
            ("Gateway:Rules:6:Pattern", "e"),
            ("Gateway:Rules:6:AuthorizerFailure", "allow"),
            ("Gateway:Rules:7:Pattern", "f"),
            ("Gateway:Rules:7:MaxPublicationBytes", "2MiB"),
            ("Gateway:Rules:8:Pattern", "g"),
            ("Gateway:Rules:8:Subscribe", "everybody"));

        Assert.Equal(
            [
                "Gateway:Rules:0:Pattern", "Gateway:Rules:2:Pattern", "Gateway:Rules:3:Publish", "Gateway:Rules:4:Subscribe",
                "Gateway:Rules:5:Subscribe", "Gateway:Rules:6:AuthorizerFailure", "Gateway:Rules:7:MaxPublicationBytes", "Gateway:Rules:8:Subscribe",
            ],
            errors.Select(error => error.Option).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Check_RulesOfEveryKindWithWhatTheyNeed_AreRight()
    {
        var (settings, errors) = Bound.Of(
            ("Gateway:Rules:0:Pattern", "user:{sub}"),
            ("Gateway:Rules:0:Publish", "authenticated"),
            ("Gateway:Rules:1:Pattern", "doc:*"),
            ("Gateway:Rules:1:Subscribe", "token"),
            ("Gateway:Rules:2:Pattern", "ask:*"),
            ("Gateway:Rules:2:Subscribe", "authorizer"),
            ("Gateway:Rules:2:AuthorizerFailure", "allow"),
            ("Gateway:Rules:3:Pattern", "*"),
            ("Gateway:Rules:3:Publish", "claim"),
            ("Gateway:Authorizer:Uri", "http://backend:8000/authorize"),
            ("Gateway:Auth:SubscriptionTokens:HmacKey", Key));

        Assert.Empty(errors);
        Assert.Empty(settings.Unknown);
        Assert.Empty(ChannelRuleChecks.FindUnreachable(settings));
    }

    [Fact]
    public void FindUnreachable_ARuleBehindOneThatIsAboutAllItsChannels_IsFound()
    {
        var (settings, errors) = Bound.Of(
            ("Gateway:Rules:0:Pattern", "a"),
            ("Gateway:Rules:1:Pattern", "user:*"),
            ("Gateway:Rules:2:Pattern", "user:{sub}"),
            ("Gateway:Rules:3:Pattern", "b"));

        Assert.Empty(errors);
        var found = Assert.Single(ChannelRuleChecks.FindUnreachable(settings));
        Assert.Equal(("Gateway:Rules:2", "Gateway:Rules:1"), (found.Path, found.By));
    }

    [Theory]
    [InlineData("backend:8000")]
    [InlineData("ftp://backend/")]
    [InlineData("http://user:secret@backend/")]
    [InlineData("http://backend/#here")]
    public void Check_AnAuthorizersAddressThatIsNone_IsAnError(string uri) =>
        Assert.Equal("Gateway:Authorizer:Uri", Assert.Single(Bound.Of(("Gateway:Authorizer:Uri", uri)).Errors).Option);
}
