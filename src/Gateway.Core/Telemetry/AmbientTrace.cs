using System.Diagnostics;

namespace Gateway.Core.Telemetry;

/// <summary>While it lives, what is logged on this thread names the trace. Null: nothing changes.</summary>
internal readonly ref struct AmbientTrace
{
    private readonly Activity? _before;
    private readonly bool _isSet;

    public AmbientTrace(Activity? trace)
    {
        if (trace is null or { IsStopped: true })
            return;
        (_before, _isSet) = (Activity.Current, true);
        Activity.Current = trace;
    }

    public void Dispose()
    {
        if (_isSet)
            Activity.Current = _before;
    }
}
