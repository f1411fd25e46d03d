namespace Gateway.Tests.Configuration;

public sealed class AdminKeyRulesTests : IDisposable
{
    private const string One = "7f3c1e9a5b2d8064", Two = "c95e70b1d3a84f26", Long = "a-key-of-the-tests-long-enough-to-be-one";

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("Gateway:Admin:ApiKey")]
    [InlineData("Gateway:Admin:PublishKey")]
    [InlineData("Gateway:Admin:ReadKey")]
    public void Check_AKeyThatCouldBeGuessed_IsAnErrorThatDoesNotShowIt(string option)
    {
        // One letter stands in any sentence.
        foreach (var (key, canBeSeen) in new[] { ("k", false), ("changemechangemechangeme", true) })
        {
            var error = Assert.Single(Bound.Of((option, key)).Errors);
            Assert.Equal((option, null), (error.Option, error.Value));
            Assert.False(canBeSeen && error.ToString().Contains(key, StringComparison.Ordinal), error.ToString());
            Assert.Contains("openssl rand -hex 32", error.Remedy, StringComparison.Ordinal);

            File.WriteAllText(_path, One + "\n" + key);
            error = Assert.Single(Bound.Of((option + "Path", _path)).Errors);
            Assert.Equal((option + "Path", _path), (error.Option, error.Value));
            Assert.False(canBeSeen && error.ToString().Contains(key, StringComparison.Ordinal), error.ToString());
        }

        File.WriteAllText(_path, One + "\n" + Two);
        Assert.Empty(Bound.Of((option, One)).Errors);
        Assert.Empty(Bound.Of((option + "Path", _path)).Errors);
        Assert.Contains("is set, and so is", Assert.Single(Bound.Of((option + "Path", _path), (option, One)).Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OneKeyOfTwoScopes_IsAnError()
    {
        File.WriteAllText(_path, Two + "\n" + One);

        Assert.Equal("Gateway:Admin:ReadKey", Assert.Single(Bound.Of(("Gateway:Admin:ApiKey", One), ("Gateway:Admin:ReadKey", One)).Errors).Option);
        Assert.Contains("Gateway:Admin:PublishKey too", Assert.Single(Bound.Of(("Gateway:Admin:PublishKey", One), ("Gateway:Admin:ReadKeyPath", _path)).Errors).Problem, StringComparison.Ordinal);
        Assert.Empty(Bound.Of(("Gateway:Admin:ApiKey", One), ("Gateway:Admin:PublishKey", Two), ("Gateway:Admin:ReadKey", One + Two)).Errors);
    }

    /// <summary>Who signs tokens, or answers for them, is no operator.</summary>
    [Theory]
    [InlineData("Gateway:Auth:Jwt:HmacKey")]
    [InlineData("Gateway:Auth:SubscriptionTokens:HmacKey")]
    [InlineData("Gateway:Authorizer:Secret")]
    public void Check_AKeyThatIsAnotherSecretToo_IsAnError(string other)
    {
        Assert.Equal("Gateway:Admin:PublishKey", Assert.Single(Bound.Of((other, Long), ("Gateway:Admin:PublishKey", Long)).Errors).Option);
        Assert.Empty(Bound.Of((other, Long), ("Gateway:Admin:PublishKey", One)).Errors);
    }

    /// <summary>None hides another.</summary>
    [Fact]
    public void Check_EveryKeyThatIsWrong_IsToldOf() =>
        Assert.Equal(
            ["Gateway:Admin:ApiKey", "Gateway:Admin:PublishKey", "Gateway:Admin:ReadKey"],
            Bound.Of(("Gateway:Admin:ApiKey", "changeme"), ("Gateway:Admin:PublishKey", "admin"), ("Gateway:Admin:ReadKey", "x")).Errors.Select(error => error.Option));
}
