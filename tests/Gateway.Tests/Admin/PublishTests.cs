using System.Net;
using System.Text;
using Gateway.Core.Brokers;

namespace Gateway.Tests.Admin;

public class PublishTests
{
    [Theory]
    [InlineData("""{"channel":"a","data":{"x":1}}""", """{"x":1}""")]
    [InlineData("""{"data" :  { "b": 1.0, "a":1e2 , "b":"\u00e9\/" }  , "channel":"a"}""", """{ "b": 1.0, "a":1e2 , "b":"\u00e9\/" }""")]
    [InlineData("""{"channel":"a","data":null}""", "null")]
    [InlineData("""{"channel":"a","channels":null,"data":null,"text":null,"binary":null,"key":null,"later":null}""", "null")]
    [InlineData("""{"channel":null,"channels":["a"],"text":"t","data":null}""", "t")]
    [InlineData("""{"data":null,"binary":"dA==","channel":"a"}""", "t")]
    [InlineData("""{"channel":"a","data":{"x":null}}""", """{"x":null}""")]
    [InlineData("\uFEFF{\"channel\":\"a\",\"data\":1}", "1")]
    [InlineData("""{"channel":"a","data":"text"}""", "\"text\"")]
    [InlineData("""{"channel":"a","data":[1, 2]}""", "[1, 2]")]
    [InlineData("""{"channel":"a","data":-0.10}""", "-0.10")]
    [InlineData("""{"channel":"a","text":"caf\u00e9 \ud83d\ude00\n"}""", "café 😀\n")]
    [InlineData("""{"channel":"a","text":""}""", "")]
    public async Task Publish_JsonOrText_IsRelayedByteForByte(string body, string payload)
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/publish", body);

        Assert.Equal("""{"channels":1}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var published = Assert.Single(host.Node.Published);
        Assert.Equal("a", published.Channel);
        Assert.Equal(payload, Encoding.UTF8.GetString(published.Payload));
    }

    [Fact]
    public async Task Publish_Binary_IsDecoded()
    {
        await using var host = await RunningHost.StartAsync();
        byte[] payload = [0, 255, 128, 10, 13, 0];

        var response = await host.PostAsync("/api/v1/publish", $$"""{"channel":"a","binary":"{{Convert.ToBase64String(payload)}}"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(payload, Assert.Single(host.Node.Published).Payload);
    }

    [Theory]
    [InlineData("""{"channel":"a","binary":"MQ=="}""", true)]
    [InlineData("""{"channel":"a","text":"1","binary":null}""", false)]
    [InlineData("""{"channel":"a","data":1}""", false)]
    public async Task Publish_Bytes_SaysThatTheyAre(string body, bool isBinary)
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/publish", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(isBinary, host.Node.IsBinary);
    }

    [Theory]
    [InlineData("""{"channel":"a","data":1}""", null)]
    [InlineData("""{"channel":"a","data":1,"key":"symbol/\u00e9"}""", "symbol/é")]
    public async Task Publish_WithAKey_HandsItOn(string body, string? key)
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/publish", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(key, host.Node.Key);
    }

    [Fact]
    public async Task Publish_KeyOf256Bytes_Is400()
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/publish", $$"""{"channel":"a","data":1,"key":"{{new string('é', 128)}}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(host.Node.Published);
    }

    [Fact]
    public async Task Publish_ManyChannels_GoesToEachOnce()
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/publish", """{"channels":["a","b:é","a"],"text":"x"}""");

        Assert.Equal("""{"channels":2}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(["a", "b:é"], host.Node.Published.Select(publication => publication.Channel).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("""{"channel":"a","data":1,"key":5}""", "'key'")]
    [InlineData("""{"channel":"a","data":1,"key":""}""", "'key'")]
    [InlineData("[]", "object")]
    [InlineData("""{"channel":"a","data":1} x""", "not JSON")]
    [InlineData("""{"channel":"a","data":1,}""", "not JSON")]
    [InlineData("""{"channel":"a","data":{"x":}}""", "not JSON")]
    [InlineData("""{"channel":"a","data":1,"ttl":5}""", "'ttl'")]
    [InlineData("""{"channel":"a","data":1,"data":2}""", "'data' is given twice")]
    [InlineData("""{"channel":"a"}""", "exactly one")]
    [InlineData("""{"channel":"a","data":1,"text":"x"}""", "exactly one")]
    [InlineData("""{"data":1}""", "'channel' or 'channels'")]
    [InlineData("""{"channel":"a","channels":["b"],"data":1}""", "not both")]
    [InlineData("""{"channel":null,"data":1}""", "'channel' or 'channels'")]
    [InlineData("""{"channel":7,"data":1}""", "'channel' must be a string")]
    [InlineData("""{"channel":"a","text":null}""", "exactly one")]
    [InlineData("""{"channels":["a",null],"data":1}""", "channels[1]")]
    [InlineData("""{"channel":"a b","data":1}""", "not a channel name")]
    [InlineData("""{"channel":"","data":1}""", "not a channel name")]
    [InlineData("""{"channels":"a","data":1}""", "array")]
    [InlineData("""{"channels":[],"data":1}""", "empty")]
    [InlineData("""{"channels":["a",1],"data":1}""", "channels[1]")]
    [InlineData("""{"channel":"a","text":1}""", "'text' must be a string")]
    [InlineData("""{"channel":"a","text":"\ud800"}""", "surrogate")]
    [InlineData("""{"channel":"a","binary":"***"}""", "base64")]
    [InlineData("""{"channel":"a","binary":7}""", "'binary' must be a string")]
    public async Task Publish_WrongRequest_Is400WithTheReason(string body, string reason)
    {
        await using var host = await RunningHost.StartAsync();

        var problem = await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", body), 400);

        Assert.Contains(reason, problem.GetProperty("detail").GetString());
        Assert.Empty(host.Node.Published);
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736", "a=1,b=2")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "00000000000000000000000000000000", null)]
    [InlineData(null, "00000000000000000000000000000000", null)]
    public async Task Publish_WithTraceHeaders_HandsTheContextOn(string? traceparent, string traceId, string? state)
    {
        await using var host = await RunningHost.StartAsync();
        if (traceparent is not null)
            host.Client.DefaultRequestHeaders.Add("traceparent", traceparent);
        host.Client.DefaultRequestHeaders.Add("tracestate", ["a=1", "b=2"]);

        var response = await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((traceId, state), (host.Node.Trace.TraceId.ToHexString(), host.Node.Trace.TraceState?.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Publish_BytesThatAreNotUtf8_AreRefused()
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/publish", [.. "{\"channel\":\"a\",\"data\":\""u8, 0xFF, .. "\"}"u8]);

        await RunningHost.ProblemAsync(response, 400);
    }

    [Fact]
    public async Task Publish_ChannelsAtAndAboveTheBound_AreTakenAndRefused()
    {
        await using var host = await RunningHost.StartAsync();
        static string Body(int channels) => $$"""{"channels":[{{string.Join(',', Enumerable.Range(0, channels).Select(i => $"\"c{i}\""))}}],"data":1}""";

        Assert.Equal("""{"channels":100}""", await (await host.PostAsync("/api/v1/publish", Body(100))).Content.ReadAsStringAsync());
        await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", Body(101)), 400);
    }

    [Fact]
    public async Task Publish_PayloadAtAndAboveTheBound_IsTakenAndRefusedWith413()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Limits:MaxPublicationBytes", "1000"));
        static string Body(int bytes) => $$"""{"channel":"a","text":"{{new string('x', bytes)}}"}""";

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/api/v1/publish", Body(1000))).StatusCode);
        var problem = await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", Body(1001)), 413);
        Assert.Contains("Gateway:Limits:MaxPublicationBytes", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Publish_BodyAboveTheServersBound_Is413()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Limits:MaxPublicationBytes", "1000"));

        await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", new byte[(256 * 1024) + 3001]), 413);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Publish_OtherContentTypes_Are415(string? contentType)
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}"""u8.ToArray(), contentType);

        await RunningHost.ProblemAsync(response, 415);
        Assert.Empty(host.Node.Published);
    }

    [Theory]
    [InlineData(BrokerOutcome.Unknown, "unknown")]
    [InlineData(BrokerOutcome.NotDone, "not_done")]
    public async Task Publish_BrokerUnavailable_Is503WithTheOutcome(BrokerOutcome outcome, string label)
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.PublishFault = _ => new BrokerUnavailableException("no link to redis", outcome);

        var problem = await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}"""), 503);

        Assert.Equal(label, problem.GetProperty("outcome").GetString());
        Assert.Equal("no link to redis", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Publish_SomeChannelsNotTaken_IsUnknownAndSaysHowMany()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.PublishFault = channel => channel.Text == "b" ? new BrokerUnavailableException("refused.", BrokerOutcome.NotDone) : null;

        var problem = await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", """{"channels":["a","b","c"],"data":1}"""), 503);

        Assert.Equal("unknown", problem.GetProperty("outcome").GetString());
        Assert.Contains("2 of 3", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Publish_FaultOfOurs_Is500WithoutItsDetails()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.PublishFault = _ => new InvalidOperationException("inner workings");

        var problem = await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/publish", """{"channel":"a","data":1}"""), 500);

        Assert.DoesNotContain("inner workings", problem.GetRawText());
    }
}
