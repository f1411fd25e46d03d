using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Core.Options;

/// <summary>What the node tells of its work.</summary>
public sealed class TelemetryOptions
{
    public TracingOptions Tracing { get; set; } = new();
}

/// <summary>Which publications are traced, as long as somebody listens to the traces.</summary>
public sealed class TracingOptions
{
    [Description("Share, from 0 to 1, of the publications that come through the API without a traceparent, or from clients, and are traced. 0: what a traceparent asks for, and nothing else.")]
    [Range(0.0, 1.0)]
    public double Ratio { get; set; }

    [Description("Share, from 0 to 1, of the publications that arrive from Redis without a traceparent, such as by PUBLISH, and are traced from there on; each node chooses by itself, and what Ratio passed over comes by here again. 0: none.")]
    [Range(0.0, 1.0)]
    public double ArrivalRatio { get; set; }

    [Description("Publications a second that are traced where they are taken, and as many where they arrive, whatever traceparents ask for; above it they go untraced and are counted. A hundred make some 1,100 spans on a node of eight shards.")]
    [Range(1, 1_000_000)]
    public int MaxPerSecond { get; set; } = 100;
}
