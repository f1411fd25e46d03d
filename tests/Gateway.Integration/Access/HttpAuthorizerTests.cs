using System.Net;
using Gateway.Auth.Authorizer;
using Gateway.Core.Access;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Access;

/// <summary>The backend that is asked, over real HTTP: one that is slow, dead, wrong, and comes back.</summary>
public sealed class HttpAuthorizerTests : IAsyncLifetime
{
    private static readonly ClientIdentity Alice = new() { Subject = "alice", Claims = new Dictionary<string, string> { ["team"] = "red" } };

    private static readonly IPEndPoint Flood = new(IPAddress.Parse("192.0.2.1"), 1);

    private readonly GatewayMetrics _metrics = new();
    private readonly LogRecorder _logs = new();
    private BackendServer _backend = null!;

    public async ValueTask InitializeAsync() => _backend = await BackendServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Ask_Question_SaysAllThatTheContractNames()
    {
        using var authorizer = Create(options => options.Secret = "hunter2");
        Assert.Equal(AccessResult.Allowed, (await AskAsync(authorizer, Alice, action: ChannelAction.Publish)).Result);

        var (question, authorization) = _backend.Last;
        Assert.Equal("Bearer hunter2", authorization);
        Assert.Equal(question.GetRawText().Length, _backend.LastLength); // servers that read no chunked content are many
        Assert.Equal("""{"user":"alice","connection":"c1","channel":"ask","action":"publish","claims":{"team":"red"},"node":"n1"}""", question.GetRawText());
    }

    [Theory]
    [InlineData("""{"allow":true}""", 200, AccessResult.Allowed, "")]
    [InlineData("""{"allow":true,"reason":null,"ttl":null,"more":[1]}""", 200, AccessResult.Allowed, "")]
    [InlineData("""{"allow":false}""", 200, AccessResult.Forbidden, "")]
    [InlineData("""{"allow":false,"reason":"Pay first.\r\nSet-Cookie: a"}""", 200, AccessResult.Forbidden, "Pay first.  Set-Cookie: a")]
    [InlineData("""{"allow":true}""", 201, AccessResult.Unavailable, "")]
    [InlineData("""{"allow":true}""", 500, AccessResult.Unavailable, "")]
    [InlineData("""{"allow":true}""", 403, AccessResult.Unavailable, "", true)]
    [InlineData("""{"allow":"true"}""", 200, AccessResult.Unavailable, "")]
    [InlineData("""{"allow":null}""", 200, AccessResult.Unavailable, "")]
    [InlineData("""{"Allow":true}""", 200, AccessResult.Unavailable, "")]
    [InlineData("{}", 200, AccessResult.Unavailable, "")]
    [InlineData("null", 200, AccessResult.Unavailable, "")]
    [InlineData("true", 200, AccessResult.Unavailable, "")]
    [InlineData("[]", 200, AccessResult.Unavailable, "")]
    [InlineData("", 200, AccessResult.Unavailable, "")]
    [InlineData("<html>", 200, AccessResult.Unavailable, "")]
    public async Task Ask_Answer_OnlyTheOneThatIsMeantCounts(string answer, int status, AccessResult expected, string reason, bool failsClosed = false)
    {
        _backend.Answer = (_, context) => BackendServer.SayAsync(context, answer, status);
        using var authorizer = Create();
        Assert.Equal(new AuthorizerVerdict(expected, reason, failsClosed), await AskAsync(authorizer, Alice));
    }

    [Fact]
    public async Task Ask_ARedirectOrAnEndlessAnswer_IsNone()
    {
        using var authorizer = Create();
        _backend.Answer = (_, context) =>
        {
            context.Response.Redirect(_backend.Uri);
            context.Response.StatusCode = 307; // by which a POST stays one
            return Task.CompletedTask;
        };
        Assert.Equal(AccessResult.Unavailable, (await AskAsync(authorizer, Alice)).Result);
        Assert.Equal(1, _backend.Asked);

        _backend.Answer = (_, context) => BackendServer.SayAsync(context, """{"allow":true,"reason":""" + '"' + new string('x', 1 << 20) + "\"}");
        Assert.Equal(AccessResult.Unavailable, (await AskAsync(authorizer, Alice)).Result);
    }

    [Fact]
    public async Task Ask_WithATtl_IsRememberedByUserChannelAndActionAndByConnectionWithoutAToken()
    {
        _backend.Answer = static (_, context) => BackendServer.SayAsync(context, """{"allow":true,"ttl":60}""");
        using var authorizer = Create();
        using var metrics = new MetricsReader(_metrics);
        await AskAsync(authorizer, Alice);
        await AskAsync(authorizer, Alice, connection: "c2");
        Assert.Equal(1, _backend.Asked);
        Assert.Equal(1, metrics["gateway.authorizer.cache{result=hit}"]);

        await AskAsync(authorizer, Alice, channel: "other");
        await AskAsync(authorizer, Alice, action: ChannelAction.Publish);
        await AskAsync(authorizer, new ClientIdentity { Subject = "bob" });
        Assert.Equal(4, _backend.Asked);

        await AskAsync(authorizer, ClientIdentity.Anonymous);
        await AskAsync(authorizer, ClientIdentity.Anonymous);
        await AskAsync(authorizer, ClientIdentity.Anonymous, connection: "c2");
        Assert.Equal(6, _backend.Asked);
    }

    [Theory]
    [InlineData("""{"allow":true}""", 100)]
    [InlineData("""{"allow":true,"ttl":0}""", 100)]
    [InlineData("""{"allow":true,"ttl":-5}""", 100)]
    [InlineData("""{"allow":true,"ttl":60}""", 0)]
    public async Task Ask_WithoutATtlOrACache_IsAskedEachTime(string answer, int cacheSize)
    {
        _backend.Answer = (_, context) => BackendServer.SayAsync(context, answer);
        using var authorizer = Create(options => options.CacheSize = cacheSize);
        await AskAsync(authorizer, Alice);
        await AskAsync(authorizer, Alice);
        Assert.Equal(2, _backend.Asked);
    }

    [Fact]
    public async Task Ask_TheSameAtOnce_IsAskedOnce()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _backend.Answer = async (_, context) =>
        {
            await answer.Task;
            await BackendServer.SayAsync(context, """{"allow":true}""");
        };
        using var authorizer = Create(options => options.Timeout = TimeSpan.FromSeconds(30));
        var asked = Enumerable.Range(0, 50).Select(_ => AskAsync(authorizer, Alice)).ToArray();
        await Eventually.TrueAsync(() => _backend.Asked == 1);
        answer.SetResult();

        Assert.All(await Task.WhenAll(asked), verdict => Assert.Equal(AccessResult.Allowed, verdict.Result));
        Assert.Equal(1, _backend.Asked);
    }

    [Fact]
    public async Task Ask_MoreThanThereArePlaces_WaitTheirTurn()
    {
        var inside = 0;
        var most = 0;
        _backend.Answer = async (_, context) =>
        {
            var now = Interlocked.Increment(ref inside);
            lock (_logs)
                most = Math.Max(most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            await BackendServer.SayAsync(context, """{"allow":true}""");
        };
        using var authorizer = Create(options => (options.MaxConcurrent, options.Timeout) = (2, TimeSpan.FromSeconds(30)));
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AskAsync(authorizer, Alice, channel: $"c{i}")));

        Assert.All(verdicts, verdict => Assert.Equal(AccessResult.Allowed, verdict.Result));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Ask_ABackendThatIsSlow_IsUnavailableAndSaidSo()
    {
        var never = new TaskCompletionSource();
        _backend.Answer = (_, _) => never.Task;
        using var authorizer = Create(options => options.Timeout = TimeSpan.FromMilliseconds(100));
        using var metrics = new MetricsReader(_metrics);

        Assert.Equal(AccessResult.Unavailable, (await AskAsync(authorizer, Alice)).Result);
        Assert.Equal(1, metrics["gateway.authorizer.answers{result=timeout}"]);
        Assert.Contains(_logs.Lines, line => line.Message.Contains("took longer than Gateway:Authorizer:Timeout", StringComparison.Ordinal));
        never.SetResult();
    }

    [Fact]
    public async Task Ask_ABackendThatDiesAndComesBack_IsLeftAloneAndThenAskedAgain()
    {
        using var authorizer = Create();
        using var metrics = new MetricsReader(_metrics);
        var port = new Uri(_backend.Uri).Port;
        await _backend.DisposeAsync();
        for (var i = 0; i < 30; i++)
            Assert.Equal(AccessResult.Unavailable, (await AskAsync(authorizer, Alice, channel: $"c{i}")).Result);
        Assert.True(metrics["gateway.authorizer.answers{result=cut_off}"] > 0);
        Assert.True(_metrics.AuthorizerCutOff);

        _backend = await BackendServer.StartAsync(port);
        await Eventually.TrueAsync(async () => (await AskAsync(authorizer, Alice)).Result == AccessResult.Allowed);
        Assert.False(_metrics.AuthorizerCutOff);
        Assert.Contains(_logs.Lines, line => line.Message.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_AFloodOfOneAddress_StarvesNobodyAndCutsNobodyOff()
    {
        var answer = new TaskCompletionSource();
        _backend.Answer = async (question, context) =>
        {
            if (question.GetProperty("user").GetString()!.Length == 0)
                await answer.Task;
            await BackendServer.SayAsync(context, """{"allow":true}""");
        };
        using var authorizer = Create(options => (options.MaxConcurrent, options.Timeout, options.MaxWait) = (4, TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(50)));
        using var metrics = new MetricsReader(_metrics);
        var flood = Enumerable.Range(0, 300).Select(i => AskAsync(authorizer, ClientIdentity.Anonymous, channel: $"c{i}", connection: $"c{i % 30}", from: Flood)).ToArray();

        Assert.Equal(AccessResult.Allowed, (await AskAsync(authorizer, Alice)).Result);
        await Eventually.TrueAsync(() => flood.Count(asked => asked.IsCompleted) == 298);
        foreach (var asked in flood.Where(asked => asked.IsCompleted))
            Assert.True(await asked is { Result: AccessResult.Unavailable, FailsClosed: true, Reason.Length: > 0 });
        Assert.Equal(298, metrics["gateway.authorizer.answers{result=no_place}"]);
        Assert.Equal(3, _backend.Asked);

        answer.SetResult();
        await Task.WhenAll(flood);
        Assert.Equal(0, metrics["gateway.authorizer.answers{result=timeout}"]);
        Assert.False(_metrics.AuthorizerCutOff);
    }

    [Fact]
    public async Task Ask_QuestionsThatTheBackendCannotRead_CutNobodyOffAndLetNobodyIn()
    {
        _backend.Answer = (question, context) => BackendServer.SayAsync(
            context, """{"allow":true}""", question.GetProperty("channel").GetString() == "ask" ? 200 : 400);
        using var authorizer = Create();
        for (var i = 0; i < 30; i++)
            Assert.Equal(new AuthorizerVerdict(AccessResult.Unavailable, "", FailsClosed: true), await AskAsync(authorizer, Alice, channel: $"odd{i}"));

        Assert.False(_metrics.AuthorizerCutOff);
        Assert.Equal(AccessResult.Allowed, (await AskAsync(authorizer, Alice)).Result);
    }

    [Fact]
    public async Task Ask_WhatWasRefusedBeforeTheBackendWent_StaysRefused()
    {
        _backend.Answer = static (question, context) => BackendServer.SayAsync(
            context, question.GetProperty("channel").GetString() == "ask" ? """{"allow":true}""" : """{"allow":false,"reason":"No."}""");
        using var authorizer = Create();
        await AskAsync(authorizer, Alice);
        await AskAsync(authorizer, Alice, channel: "secret");
        await AskAsync(authorizer, ClientIdentity.Anonymous, channel: "secret", from: Flood);
        await _backend.DisposeAsync();

        Assert.Equal(new AuthorizerVerdict(AccessResult.Forbidden, "No."), await AskAsync(authorizer, Alice, channel: "secret"));
        Assert.Equal(AccessResult.Forbidden, (await AskAsync(authorizer, ClientIdentity.Anonymous, channel: "secret", connection: "c2")).Result);
        Assert.Equal(new AuthorizerVerdict(AccessResult.Unavailable, ""), await AskAsync(authorizer, Alice));
        Assert.Equal(new AuthorizerVerdict(AccessResult.Unavailable, ""), await AskAsync(authorizer, new ClientIdentity { Subject = "bob" }, channel: "secret"));
    }

    private HttpChannelAuthorizer Create(Action<AuthorizerOptions>? configure = null)
    {
        var options = new AuthorizerOptions { Uri = _backend.Uri, Timeout = TimeSpan.FromSeconds(10) };
        configure?.Invoke(options);
        var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        return new HttpChannelAuthorizer(options, "n1", _metrics, TimeProvider.System, factory.CreateLogger<HttpChannelAuthorizer>());
    }

    private static Task<AuthorizerVerdict> AskAsync(
        HttpChannelAuthorizer authorizer, ClientIdentity client, string channel = "ask", string connection = "c1", ChannelAction action = ChannelAction.Subscribe, IPEndPoint? from = null) =>
        authorizer.AskAsync(new AuthorizerQuestion(client, connection, channel, action, from), CancellationToken.None).AsTask();
}
