using System.Runtime.InteropServices;

namespace Gateway.Core.Buffers;

/// <summary>
/// What zlib and OpenSSL allocate, and have freed. glibc keeps that for itself: everything below its thresholds, which rise with what is
/// freed, in an arena for each few threads. A wave of connections with compressors of their own leaves tens of megabytes.
/// </summary>
internal static partial class NativeHeap
{
    private static bool IsMissing { get; set; }

    /// <summary>Gives whole pages back to the system. Nothing where the C library has no such call: musl gives back by itself.</summary>
    public static void Trim()
    {
        if (IsMissing || !OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            IsMissing = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
