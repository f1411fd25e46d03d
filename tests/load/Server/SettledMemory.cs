using Gateway.Load.Client;

namespace Gateway.Load.Server;

/// <summary>Resident memory of a process at rest.</summary>
internal static class SettledMemory
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.5);
    private const int MostLooks = 10;
    private const double AtRest = 0.01;

    /// <summary>Bytes, once they move by less than a percent in half a second.</summary>
    public static double Of(Loop loop, Func<ProcessUsage> usage)
    {
        var last = 0d;
        var now = (double)usage().ResidentBytes;
        for (var look = 0; look < MostLooks && Math.Abs(now - last) > AtRest * now; look++)
        {
            last = now;
            loop.RunFor(Look);
            now = usage().ResidentBytes;
        }

        return now;
    }
}
