namespace Gateway.Tests.Configuration;

public sealed class SubscriptionTokenKeyChecksTests
{
    private const string Key = "a key of the tests, long enough to be one", Other = "another key of the tests, as long as that";

    [Theory]
    [InlineData("too short")]
    [InlineData("0123456789012345678901234567890")]
    public void Check_AShortKey_IsAnErrorThatDoesNotShowIt(string key)
    {
        var error = Assert.Single(Bound.Of(("Gateway:Auth:SubscriptionTokens:HmacKey", key)).Errors);
        Assert.DoesNotContain(key, error.ToString());
    }

    [Fact]
    public void Check_AKeysFile_IsReadAndJudgedToo()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, Key[..31] + "\n");
            Assert.Contains("fewer than 32 bytes", Assert.Single(Bound.Of(("Gateway:Auth:SubscriptionTokens:HmacKeyPath", path)).Errors).ToString());
            File.WriteAllText(path, Key + "\n");
            var (settings, errors) = Bound.Of(("Gateway:Auth:SubscriptionTokens:HmacKeyPath", path));
            Assert.Empty(errors);
            Assert.Equal(Key.Length, settings.SubscriptionTokens.ReadKey().Length);
            Assert.Contains("Remove one", Assert.Single(Bound.Of(("Gateway:Auth:SubscriptionTokens:HmacKeyPath", path), ("Gateway:Auth:SubscriptionTokens:HmacKey", Key)).Errors).ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>RFC 8725 §3.12: or a token that lets a client into one channel lets it in as that user, and the other way round.</summary>
    [Theory]
    [InlineData("HmacKey", "HmacKey")]
    [InlineData("HmacKey", "HmacKeyPath")]
    [InlineData("HmacKeyPath", "HmacKey")]
    [InlineData("HmacKeyPath", "HmacKeyPath")]
    public void Check_AKeyOfClientsTokens_IsAnErrorThatDoesNotShowIt(string option, string clients)
    {
        var (key, other) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            File.WriteAllText(key, Key + "\n");
            File.WriteAllText(other, Other + "\n");
            var subscriptions = ("Gateway:Auth:SubscriptionTokens:" + option, option == "HmacKey" ? Key : key);

            var error = Assert.Single(Bound.Of(subscriptions, ("Gateway:Auth:Jwt:" + clients, clients == "HmacKey" ? Key : $"{other},{key}")).Errors);

            Assert.Equal("Gateway:Auth:SubscriptionTokens:" + option, error.Option);
            Assert.DoesNotContain(Key, error.ToString());
            Assert.Empty(Bound.Of(subscriptions, ("Gateway:Auth:Jwt:" + clients, clients == "HmacKey" ? Other : other)).Errors);
        }
        finally
        {
            File.Delete(key);
            File.Delete(other);
        }
    }

    /// <summary>RFC 8725 §2.1: everybody may have a public key.</summary>
    [Fact]
    public void Check_APublicKey_IsAnError()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);

        Assert.Contains("PEM", Assert.Single(Bound.Of(("Gateway:Auth:SubscriptionTokens:HmacKey", "\n" + rsa.ExportSubjectPublicKeyInfoPem())).Errors).ToString());
    }
}
