using System.ComponentModel;

namespace Gateway.Core.Telemetry;

/// <summary>How it was on a node at some time, and what happened since the point before.</summary>
/// <param name="At">When.</param>
/// <param name="Received">Messages from clients, a second.</param>
/// <param name="Sent">Messages queued for clients, a second.</param>
/// <param name="Publications">From the broker, a second.</param>
/// <param name="Deliveries">Queued for a subscriber, a second.</param>
/// <param name="Dropped">Not delivered, a second.</param>
/// <param name="Connections">Open ones.</param>
/// <param name="MemoryBytes">Resident.</param>
/// <param name="LatencyP50Seconds">Of deliveries; null: nothing was delivered.</param>
/// <param name="LatencyP99Seconds">Likewise.</param>
public sealed record TrafficPoint(
    DateTimeOffset At,
    [property: Description("Messages from clients, a second; control frames are none.")] double Received,
    [property: Description("Messages queued for clients, a second; control frames are none.")] double Sent,
    [property: Description("Publications from the broker, a second.")] double Publications,
    [property: Description("Publications queued for a subscriber, a second.")] double Deliveries,
    [property: Description("Publications not delivered, a second, as gateway_deliveries_dropped_total counts them.")] double Dropped,
    [property: Description("Connections that stand.")] int Connections,
    [property: Description("The process's resident memory.")] long MemoryBytes,
    [property: Description("Median of the latency of deliveries; absent: nothing was delivered.")] double? LatencyP50Seconds,
    [property: Description("99th percentile of it.")] double? LatencyP99Seconds);
