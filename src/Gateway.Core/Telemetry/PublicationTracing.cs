using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Spans of publications on the source <c>Gateway</c>, named after OpenTelemetry's messaging conventions: <c>publish</c> where it is taken,
/// within it <c>send</c> to the broker, <c>process</c> on each node it arrives at, within that one <c>deliver</c> a shard. None is ambient
/// unless it is made so: they end on other threads than they begin on.
/// </summary>
public sealed class PublicationTracing
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Gateway";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly TraceSampling _taken;
    private readonly TraceSampling _arrived;

    /// <param name="ratio">Share of the publications without a context that are traced where they are taken.</param>
    /// <param name="arrivalRatio">The same where they arrive.</param>
    /// <param name="maxPerSecond">Bound of either.</param>
    /// <param name="metrics">Counts what the bound left out.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Told of the same, rarely.</param>
    internal PublicationTracing(double ratio, double arrivalRatio, int maxPerSecond, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        var mayLog = new Rarely(time, Log.Interval);
        void OnLimited()
        {
            metrics.TracesLimited.Add(1);
            if (mayLog.Now())
                Log.TracesLimited(log, maxPerSecond);
        }

        _taken = new TraceSampling(ratio, new TraceBudget(maxPerSecond, time), OnLimited);
        _arrived = new TraceSampling(arrivalRatio, new TraceBudget(maxPerSecond, time), OnLimited);
    }

    /// <summary>Whether anybody listens to traces. All that an untraced publication costs.</summary>
    internal static bool IsOn => Source.HasListeners();

    /// <summary>The node takes a publication. Null: it is not traced.</summary>
    internal Activity? StartPublish(string channel, int bytes, string publisher, in ActivityContext parent)
    {
        if (!IsOn || !_taken.Takes(parent) || Start("publish", channel, ActivityKind.Producer, parent) is not { } span)
            return null;
        return span.SetTag("messaging.system", "gateway")
            .SetTag("messaging.operation.type", "send")
            .SetTag("messaging.message.body.size", bytes)
            .SetTag("gateway.publisher", publisher);
    }

    /// <summary>Within it: until the broker has it.</summary>
    internal static Activity? StartSend(Activity publish, string channel, string broker) =>
        Start("send", channel, ActivityKind.Client, publish.Context)
            ?.SetTag("messaging.system", broker)
            .SetTag("messaging.operation.type", "send");

    /// <summary>A publication is here for this node's subscribers. Null: it is not traced.</summary>
    internal Activity? StartProcess(string channel, int bytes, int shards, in ActivityContext parent)
    {
        if (!_arrived.Takes(parent) || Start("process", channel, ActivityKind.Consumer, parent) is not { } span)
            return null;
        return span.SetTag("messaging.system", "gateway")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.message.body.size", bytes)
            .SetTag("gateway.shards", shards);
    }

    /// <summary>A shard has it in hand. The span begins with the arrival; the event in it parts the wait from the work.</summary>
    internal static Activity? StartDelivery(Activity process, string channel, int shard)
    {
        var span = Start("deliver", channel, ActivityKind.Internal, process.Context, process.StartTimeUtc);
        return span?.SetTag("gateway.shard", shard).AddEvent(new ActivityEvent("taken from the inbox"));
    }

    /// <summary>It has been flushed.</summary>
    /// <param name="span">Of the shard.</param>
    /// <param name="subscribers">For so many.</param>
    /// <param name="bytes">Of their frames.</param>
    /// <param name="batch">Publications that the sends were shared with, itself among them.</param>
    /// <param name="sends">Begun since it was taken, one a connection.</param>
    /// <param name="leftWaiting">Subscribers whose kernel has not taken all.</param>
    internal static void EndDelivery(Activity span, int subscribers, long bytes, int batch, long sends, int leftWaiting)
    {
        span.SetTag("gateway.subscribers", subscribers)
            .SetTag("gateway.bytes", bytes)
            .SetTag("gateway.batch", batch)
            .SetTag("gateway.sends", sends)
            .SetTag("gateway.left_waiting", leftWaiting);
        End(span);
    }

    internal static void Dropped(Activity span, int shard, DropReason reason) =>
        span.SetStatus(ActivityStatusCode.Error, "A shard's inbox was full.")
            .AddEvent(new ActivityEvent("dropped", tags: new ActivityTagsCollection { ["gateway.shard"] = shard, ["gateway.reason"] = DropReasons.Label(reason) }));

    internal static void Failed(Activity? span, Exception exception) =>
        span?.SetStatus(ActivityStatusCode.Error, exception.Message).SetTag("error.type", exception.GetType().FullName);

    /// <summary>Ends it without touching what is ambient, which ending one would set to what was so at its beginning.</summary>
    internal static void End(Activity span)
    {
        var ambient = Activity.Current;
        span.Stop();
        if (ambient != span)
            Activity.Current = ambient;
    }

    private static Activity? Start(string operation, string channel, ActivityKind kind, in ActivityContext parent, DateTimeOffset startTime = default)
    {
        var template = Template(channel);
        var ambient = Activity.Current;
        Activity.Current = null; // or a root would become the child of whatever runs here
        var span = Source.StartActivity($"{operation} {template}", kind, parent, startTime: startTime);
        if (span is { Recorded: false })
        {
            // A sampler of the listener's own does not want it.
            span.Stop();
            span = null;
        }

        Activity.Current = ambient;
        span?.SetTag("messaging.operation.name", operation).SetTag("messaging.destination.name", channel);
        return template == channel ? span : span?.SetTag("messaging.destination.template", template);
    }

    /// <summary>A span's name says the namespace of channels that have one: there may be a channel for each user.</summary>
    private static string Template(string channel)
    {
        var colon = channel.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? channel : channel[..colon] + ":*";
    }
}
