using System.Diagnostics;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Tracing;

/// <summary>What is logged for a publication that is traced belongs to its trace.</summary>
public sealed class TracedLogTests
{
    private const int PublishFailed = 1304;

    [Fact]
    public async Task Publication_ThatFailsByAFaultOfTheBroker_IsLoggedWithItsTrace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PublicationTracing.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var seen = default(ActivityTraceId);
        var broker = new ScriptedBroker
        {
            Publishing = _ =>
            {
                seen = Activity.Current!.TraceId;
                throw new InvalidOperationException("a fault of the broker");
            },
        };
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Telemetry.Tracing.Ratio = 1;
                options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone });
            },
            broker);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);

        for (var i = 0; i < 3; i++)
        {
            await client.SendTextAsync("""{"type":"publish","channel":"news","data":1}""");
            Assert.Equal("unavailable", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
            if (i == 0)
                Assert.Equal((PublishFailed, seen.ToHexString()), Assert.Single(node.Logs.Traces, line => line.Id == PublishFailed));
        }

        Assert.Single(node.Logs.Traces, line => line.Id == PublishFailed); // a client cannot fill the log
        Assert.Null(Activity.Current);
    }
}
