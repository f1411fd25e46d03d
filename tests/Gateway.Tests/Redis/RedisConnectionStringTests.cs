using System.Net;
using Gateway.Redis;
using Gateway.Tests.Configuration;
using StackExchange.Redis;

namespace Gateway.Tests.Redis;

public sealed class RedisConnectionStringTests
{
    [Theory]
    [InlineData("redis://redis.example.com", "redis.example.com:6379", null, null, null, false)]
    [InlineData("redis://redis.example.com/", "redis.example.com:6379", null, null, null, false)]
    [InlineData("REDIS://127.0.0.1:7000/0", "127.0.0.1:7000", null, null, 0, false)]
    [InlineData("rediss://redis.example.com", "redis.example.com:6379", null, null, null, true)]
    [InlineData("redis://ann:secret@redis_1:6380/15", "redis_1:6380", "ann", "secret", 15, false)]
    [InlineData("redis://:secret@host", "host:6379", null, "secret", null, false)]
    [InlineData("redis://ann@host", "host:6379", "ann", null, null, false)]
    [InlineData("redis://ann:@host", "host:6379", "ann", null, null, false)]
    [InlineData("redis://an%3An:p%40s%2Fs%3Aw%2Co%25r%3Dd%20@host:1/2", "host:1", "an:n", "p@s/s:w,o%r=d ", 2, false)]
    [InlineData("redis://ann:p@s:s@host", "host:6379", "ann", "p@s:s", null, false)] // as it was pasted
    [InlineData("redis://ann:b%C3%BC@host", "host:6379", "ann", "b\u00FC", null, false)]
    [InlineData("rediss://u:p@a:1,b,[2001:db8::1]:3,[::1]/4", "a:1 b:6379 [2001:db8::1]:3 [::1]:6379", "u", "p", 4, true)]
    [InlineData("redis://a,b:7000/?serviceName=main", "a:26379 b:7000", null, null, null, false)]
    [InlineData("rediss://a?serviceName=main", "a:26379", null, null, null, true)]
    [InlineData("redis://host?ssl=true", "host:6379", null, null, null, true)]
    [InlineData("redis.example.com:6379,user=ann,password=a://b=,ssl=true,defaultDatabase=3", "redis.example.com:6379", "ann", "a://b=", 3, true)]
    [InlineData("a:1,b:2", "a:1 b:2", null, null, null, false)]
    public void Parse_EitherForm_IsTheSame(string text, string endPoints, string? user, string? password, int? database, bool isTls)
    {
        var options = RedisConnectionString.Parse(text);

        Assert.Equal(endPoints, string.Join(' ', options.EndPoints.Select(TextOf)));
        Assert.Equal((user, password, database, isTls), (options.User, options.Password, options.DefaultDatabase, options.Ssl));
        Assert.Empty(Bound.Of(("Gateway:Redis:Configuration", text)).Errors);
    }

    [Fact]
    public void Parse_AUrlWithOptions_TakesThem()
    {
        var options = RedisConnectionString.Parse("redis://:p@host:26379/?serviceName=my%20master&connectTimeout=1234&sslHost=other");

        Assert.Equal(("my master", 1234, "other", "p"), (options.ServiceName, options.ConnectTimeout, options.SslHost, options.Password));
    }

    [Theory]
    [InlineData("redis://")]
    [InlineData("redis:///0")]
    [InlineData("redis://u:topsecret@")]
    [InlineData("redis://u:topsecret@:6379")]
    [InlineData("redis://u:topsecret@host:port")]
    [InlineData("redis://u:topsecret@host:0")]
    [InlineData("redis://u:topsecret@host:70000")]
    [InlineData("redis://u:topsecret@host/x")]
    [InlineData("redis://u:topsecret@host/0/1")]
    [InlineData("redis://u:topsecret@a,,b")]
    [InlineData("redis://u:topsecret@a,redis://b")]
    [InlineData("redis://u:topsecret@[::1")]
    [InlineData("redis://u:topsecret@host?other")]
    [InlineData("redis://u:topsecret@host?unknown=1")]
    [InlineData("http://u:topsecret@host")]
    [InlineData("unix:///run/redis.sock")]
    public void Url_ThatCannotBeFollowed_IsAnErrorThatTellsNoSecret(string text)
    {
        var error = Assert.Single(Bound.Of(("Gateway:Redis:Configuration", text)).Errors);

        Assert.Equal("Gateway:Redis:Configuration", error.Option);
        Assert.Contains("redis://user:password@host:6379/0", error.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Url_WithAPasswordBesideAFile_IsAnError()
    {
        var path = Path.GetTempFileName();
        try
        {
            Assert.Equal(["Gateway:Redis:PasswordPath"], Bound.Of(("Gateway:Redis:Configuration", "redis://:p@host"), ("Gateway:Redis:PasswordPath", path)).Errors.Select(error => error.Option));
            Assert.Empty(Bound.Of(("Gateway:Redis:Configuration", "redis://ann@host"), ("Gateway:Redis:PasswordPath", path)).Errors);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string TextOf(EndPoint endPoint) => EndPointCollection.ToString(endPoint);
}
