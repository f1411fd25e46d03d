using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Integration.Fixtures;
using Gateway.Redis;

namespace Gateway.Integration.Brokers;

/// <summary>Passwords, ACL users and TLS, on both of the broker's connections.</summary>
public sealed class RedisSecurityTests
{
    private static readonly ChannelName News = ChannelName.Parse("news");

    [Fact]
    public async Task Password_Right_Works()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Password = "sesame" });
        await RoundTripAsync(TestRedisBroker.Options($"{redis.Address},password=sesame"));
    }

    /// <summary>As platforms hand it out: on both connections the same user, and the password as it was before it was encoded.</summary>
    [Fact]
    public async Task Url_WithAUserAndAPasswordOfSpecialCharacters_Works()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { More = ["--user", "ann", "on", ">p@s/s:w,o%r=d", "allkeys", "allchannels", "+@all"] });
        await RoundTripAsync(TestRedisBroker.Options($"redis://ann:p%40s%2Fs%3Aw%2Co%25r%3Dd@{redis.Address}/1"));
    }

    [Fact]
    public async Task Password_Wrong_NeverReadyAndSaysWhy()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Password = "sesame" });
        await FailsAsync(TestRedisBroker.Options($"{redis.Address},password=wrong"), "WRONGPASS");
    }

    [Fact]
    public async Task AclUser_WithTheFewestRights_Works()
    {
        string[] acl =
        [
            "--user", "gateway", "on", ">sesame", "-@all", "+publish", "+subscribe", "+unsubscribe", "+ping", "+echo",
            "resetchannels", "&gateway:*", "+set", "+get", "+time", "+zadd", "+zrange", "+zremrangebyscore", "~gateway:node*", "~gateway:revocation*",
        ];
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { More = acl });
        var options = TestRedisBroker.Options($"{redis.Address},user=gateway,password=sesame");
        await RoundTripAsync(options);

        await using var broker = TestRedisBroker.Create(options, "n");
        await broker.StartAsync(new RecordingSink(), CancellationToken.None);
        await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
        await broker.Announcements.KeepAsync("n", "{}"u8.ToArray(), TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Single(await broker.Announcements.ReadAsync(CancellationToken.None));
    }

    /// <summary>The two users as docs/operations.md makes them.</summary>
    [Fact]
    public async Task AclRecipes_ABackendsPublication_ReachesSubscribers()
    {
        await using var redis = await StartWithRecipesAsync();
        var broker = TestRedisBroker.Create(TestRedisBroker.Options($"{redis.Address},user=gateway,password=of-a-node"), "n");
        await using var node = await TestNode.StartAsync(broker: broker);
        await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/plain/news");
        await node.SubscribedAsync(1);
        using var backend = await RedisControl.ConnectAsync(redis.Port, "backend of-a-backend");

        Assert.Equal(":1", await backend.SendAsync("PUBLISH gateway:ch:news hello"));

        Assert.Equal("hello"u8.ToArray(), (await client.ReceiveAsync())!.Value.Payload);
    }

    [Theory]
    [InlineData("PUBLISH gateway:cmd {}")]
    [InlineData("PUBLISH gateway:probe:n 1")]
    [InlineData("PUBLISH gateway:reply:n {}")]
    [InlineData("PUBLISH gateway:ch a")]
    [InlineData("PUBLISH other:ch:news a")]
    [InlineData("SPUBLISH gateway:ch:news a")]
    [InlineData("SUBSCRIBE gateway:ch:news")]
    [InlineData("SSUBSCRIBE gateway:ch:news")]
    [InlineData("PSUBSCRIBE gateway:ch:*")]
    [InlineData("PUBSUB CHANNELS")]
    [InlineData("KEYS *")]
    [InlineData("SCAN 0")]
    [InlineData("GET gateway:node:n")]
    [InlineData("SET gateway:node:n {}")]
    [InlineData("ZADD gateway:revocations 1 a")]
    [InlineData("EVAL return 0")]
    [InlineData("CLIENT LIST")]
    [InlineData("CLIENT KILL TYPE pubsub")]
    [InlineData("CONFIG GET *")]
    [InlineData("ACL LIST")]
    [InlineData("INFO")]
    [InlineData("MONITOR")]
    [InlineData("FLUSHALL")]
    [InlineData("SHUTDOWN NOSAVE")]
    public async Task AclRecipes_WhatElseABackendTries_IsRefused(string command)
    {
        await using var redis = await StartWithRecipesAsync();
        using var backend = await RedisControl.ConnectAsync(redis.Port, "backend of-a-backend");

        Assert.StartsWith("-NOPERM", await backend.AskAsync(command), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AclUser_WithoutTheGatewaysChannels_SaysWhatItNeeds()
    {
        string[] acl = ["--user", "gateway", "on", ">sesame", "allcommands", "resetchannels", "&other:*"];
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { More = acl });
        await FailsAsync(TestRedisBroker.Options($"{redis.Address},user=gateway,password=sesame"), "&<prefix>*");
    }

    [Fact]
    public async Task AclUser_WithSomeChannelsOnly_SubscriptionToAnotherIsRefused()
    {
        string[] acl =
        [
            "--user", "gateway", "on", ">sesame", "allcommands", "resetchannels", "&gateway:cmd", "&gateway:probe:*", "&gateway:reply:*", "&gateway:ch:news",
        ];
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { More = acl });
        await using var broker = TestRedisBroker.Create(TestRedisBroker.Options($"{redis.Address},user=gateway,password=sesame"), "n");
        await broker.StartAsync(new RecordingSink(), CancellationToken.None);
        await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);

        // Together: one refusal must not take the other with it.
        var allowed = broker.SubscribeAsync(News, CancellationToken.None).AsTask();
        var refused = broker.SubscribeAsync(ChannelName.Parse("secret"), CancellationToken.None).AsTask();

        await allowed;
        var failure = await Assert.ThrowsAsync<BrokerUnavailableException>(() => refused);
        Assert.Equal(BrokerOutcome.NotDone, failure.Outcome);
        Assert.Contains("NOPERM", failure.Message);
    }

    /// <summary>Both links read the file for each new connection: a password is changed without a restart.</summary>
    [Fact]
    public async Task Password_OfAFile_IsReadAgainForTheNextConnection()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "sesame\n");
            await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Password = "sesame" });
            var options = TestRedisBroker.QuickOptions(redis.Address);
            options.PasswordPath = path;
            await using var broker = TestRedisBroker.Create(options, "n");
            var sink = new RecordingSink();
            await broker.StartAsync(sink, CancellationToken.None);
            await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
            await broker.SubscribeAsync(News, CancellationToken.None);

            using (var control = await RedisControl.ConnectAsync(redis.Port, "sesame"))
            {
                await File.WriteAllTextAsync(path, "open");
                await control.SendAsync("CONFIG SET requirepass open");
                await control.SendAsync("CLIENT KILL TYPE pubsub SKIPME yes");
                await control.SendAsync("CLIENT KILL TYPE normal SKIPME yes");
            }

            await sink.GapsAsync(1);
            await Eventually.TrueAsync(async () =>
            {
                try
                {
                    await broker.PublishAsync(News, "again"u8.ToArray(), CancellationToken.None);
                    return true;
                }
                catch (BrokerUnavailableException)
                {
                    return false;
                }
            });
            await sink.PublicationAsync("again");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Tls_AuthorityGiven_Works()
    {
        using var certificates = new TestCertificates();
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Certificates = certificates });
        var options = TestRedisBroker.Options($"localhost:{redis.TlsPort},ssl=true");
        options.CaPath = certificates.CaPath;
        await RoundTripAsync(options);
    }

    [Fact]
    public async Task Tls_HostNameFromTheConnectionString_Works()
    {
        using var certificates = new TestCertificates();
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Certificates = certificates, Password = "sesame" });
        var options = TestRedisBroker.Options($"127.0.0.1:{redis.TlsPort},ssl=true,sslHost=localhost,password=sesame");
        options.CaPath = certificates.CaPath;
        await RoundTripAsync(options);
    }

    [Fact]
    public async Task Tls_ClientCertificate_Works()
    {
        using var certificates = new TestCertificates();
        await using var redis = await RedisServer.StartAsync(
            new RedisServerOptions { Certificates = certificates, AskForClientCertificate = true });
        var options = TestRedisBroker.Options($"localhost:{redis.TlsPort},ssl=true");
        options.CaPath = certificates.CaPath;
        options.CertificatePath = certificates.CertificatePath;
        options.KeyPath = certificates.KeyPath;
        await RoundTripAsync(options);
    }

    [Fact]
    public async Task Tls_AuthorityUnknown_NeverReadyAndSaysWhy()
    {
        using var certificates = new TestCertificates();
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Certificates = certificates });
        await FailsAsync(TestRedisBroker.Options($"localhost:{redis.TlsPort},ssl=true"), "certificate");
    }

    [Fact]
    public async Task Tls_NameNotInTheCertificate_NeverReadyAndSaysWhy()
    {
        using var certificates = new TestCertificates();
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Certificates = certificates });
        var options = TestRedisBroker.Options($"127.0.0.1:{redis.TlsPort},ssl=true,sslHost=elsewhere.example");
        options.CaPath = certificates.CaPath;
        await FailsAsync(options, "certificate");
    }

    private static async Task<RedisServer> StartWithRecipesAsync()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "operations.md"));
        var redis = await RedisServer.StartAsync();
        using var control = await RedisControl.ConnectAsync(redis.Port);
        foreach (var (user, password) in ((string, string)[])[("gateway", "of-a-node"), ("backend", "of-a-backend")])
        {
            var recipe = Assert.Single(page, line => line.StartsWith($"ACL SETUSER {user} on >SECRET ", StringComparison.Ordinal));
            await control.SendAsync(recipe.Replace(">SECRET", ">" + password, StringComparison.Ordinal));
        }

        return redis;
    }

    private static async Task RoundTripAsync(RedisOptions options)
    {
        await using var broker = TestRedisBroker.Create(options, "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, CancellationToken.None);
        await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
        await broker.SubscribeAsync(News, CancellationToken.None);
        await broker.PublishAsync(News, "hello"u8.ToArray(), CancellationToken.None);
        await sink.PublicationAsync("hello");
    }

    private static async Task FailsAsync(RedisOptions options, string reason)
    {
        await using var broker = TestRedisBroker.Create(options, "n");
        await broker.StartAsync(new RecordingSink(), CancellationToken.None);
        await Eventually.TrueAsync(() => broker.Status.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase), () => broker.Status.Reason);
        Assert.False(broker.Status.Connected);
        Assert.False(broker.Status.Ready);
    }
}
