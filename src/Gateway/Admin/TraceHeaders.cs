using System.Diagnostics;
using Gateway.Core.Telemetry;
using Microsoft.Net.Http.Headers;

namespace Gateway.Admin;

/// <summary>The trace that a request belongs to, by W3C Trace Context's headers.</summary>
internal static class TraceHeaders
{
    /// <summary>
    /// The default: none, or none that can be read. Not the server's own activity, which nobody exports and whose spans would be orphans'
    /// parents.
    /// </summary>
    public static ActivityContext Read(IHeaderDictionary headers) =>
        // §3.2: one traceparent; §3.3.1.1: several tracestate headers are one list.
        headers[HeaderNames.TraceParent] is [{ } traceparent] ? TraceContext.Parse(traceparent, string.Join(',', headers[HeaderNames.TraceState].ToArray())) : default;
}
