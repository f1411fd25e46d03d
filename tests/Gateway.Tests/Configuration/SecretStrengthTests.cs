using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Configuration;

namespace Gateway.Tests.Configuration;

public sealed class SecretStrengthTests
{
    /// <summary>A node that does not start by bad luck would be worse than one with a poor key.</summary>
    [Fact]
    public void FindFault_KeysOfChance_AreNeverRefused()
    {
        var random = new Random(20_260_101); // by seed, so that a failure can be made again
        for (var i = 0; i < 25_000; i++)
        {
            var bytes = new byte[16 + (i % 49)];
            random.NextBytes(bytes);
            foreach (var key in (string[])[Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes), Base64Url.EncodeToString(bytes)])
                Assert.True(SecretStrength.FindFault(key) is null, key);
        }
    }

    [Fact]
    public void FindFault_OtherKeysOfChance_AreNotRefused()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(SecretStrength.FindFault(Guid.NewGuid().ToString()));
            Assert.Null(SecretStrength.FindFault(Convert.ToBase64String(RandomNumberGenerator.GetBytes(12))));
            Assert.Null(SecretStrength.FindFault(RandomNumberGenerator.GetString("0123456789", 32)));
        }

        Assert.Null(SecretStrength.FindFault("correct horse battery staple"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("changeme")]
    [InlineData("7f3c1e9a5b2d806")] // fifteen
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("abababababababababababababababababababab")]
    [InlineData("abcabcabcabcabcabcabcabcabcabcabcabc")]
    [InlineData("1234567890123456789012345678901234567890")]
    [InlineData("changemechangemechangemechangeme")]
    [InlineData("change-me-change-me-change-me-change-me")]
    [InlineData("CHANGEME_CHANGEME_CHANGEME_CHANGEME_")]
    [InlineData("password1password2password3password4")]
    [InlineData("Password123Password123Password123Password123")]
    [InlineData("secretsecretsecretsecretsecretsecret")]
    [InlineData("gateway-secret-gateway-secret-gateway-secret")]
    [InlineData("admin-admin-admin-admin-admin-admin")]
    [InlineData("replaceme-replaceme-replaceme-please")]
    public void FindFault_WhatCouldBeGuessed_IsRefused(string key) => Assert.Contains("guessed", SecretStrength.FindFault(key), StringComparison.Ordinal);
}
