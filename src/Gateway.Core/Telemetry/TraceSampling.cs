using System.Diagnostics;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Which publications are traced: what the context that it came with says, else a share of them; and never more than the budget, since
/// every backend can set a flag.
/// </summary>
internal sealed class TraceSampling(double ratio, TraceBudget budget, Action onLimited)
{
    public bool Takes(in ActivityContext parent)
    {
        var wants = TraceContext.IsPresent(parent)
            ? parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            : ratio > 0 && Random.Shared.NextDouble() < ratio;
        if (!wants)
            return false;
        if (budget.TryTake())
            return true;
        onLimited();
        return false;
    }
}
