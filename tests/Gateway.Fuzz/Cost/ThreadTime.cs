using System.Runtime.InteropServices;

namespace Gateway.Fuzz.Cost;

/// <summary>CPU time of the calling thread: a busy machine takes its turns, and not those of others.</summary>
internal static partial class ThreadTime
{
    private const int ThreadCpuClock = 3; // CLOCK_THREAD_CPUTIME_ID

    public static long Nanoseconds
    {
        get
        {
            _ = GetTime(ThreadCpuClock, out var now);
            return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec now);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
