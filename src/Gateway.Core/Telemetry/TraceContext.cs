using System.Diagnostics;
using System.Text;

namespace Gateway.Core.Telemetry;

/// <summary>Reads W3C Trace Context (https://www.w3.org/TR/trace-context/), as it comes from outside: what is malformed is as good as absent.</summary>
public static class TraceContext
{
    // §3.3.1.5: "vendors SHOULD propagate at least 512 characters"; nothing says that more must be kept.
    internal const int MaxStateLength = 512;

    /// <param name="traceparent">§3.2; null: none.</param>
    /// <param name="tracestate">§3.3; null: none. One that is too long or no header's value is left out, the trace is continued without (§3.3.1.5, §4.3).</param>
    /// <returns>The context; its default when there is none.</returns>
    public static ActivityContext Parse(string? traceparent, string? tracestate = null) =>
        traceparent is not null && ActivityContext.TryParse(traceparent, IsState(tracestate) ? tracestate : null, isRemote: true, out var context) ? context : default;

    /// <summary>The same of UTF-8; empty: none.</summary>
    internal static ActivityContext Parse(ReadOnlySpan<byte> traceparent, ReadOnlySpan<byte> tracestate) =>
        traceparent.IsEmpty ? default : Parse(Encoding.UTF8.GetString(traceparent), Encoding.UTF8.GetString(tracestate));

    /// <summary>Whether there is one, sampled or not.</summary>
    internal static bool IsPresent(in ActivityContext context) => context.TraceId != default;

    private static bool IsState(string? text) =>
        text is { Length: > 0 and <= MaxStateLength } && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
