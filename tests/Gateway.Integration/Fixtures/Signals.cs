using System.Diagnostics;
using System.Globalization;

namespace Gateway.Integration.Fixtures;

/// <summary>What a test tells a process of its own.</summary>
internal static class Signals
{
    /// <summary>
    /// <c>TERM</c>, <c>STOP</c>, … A process stands still only when each of its threads has been told so, which on a busy machine takes a moment:
    /// one that has not may still answer. So this returns when none runs.
    /// </summary>
    public static async Task SendAsync(int process, string signal)
    {
        var id = process.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", ["-" + signal, id]);
        await kill.WaitForExitAsync();
        if (signal == "STOP" && OperatingSystem.IsLinux())
            await Eventually.TrueAsync(() => Directory.EnumerateDirectories($"/proc/{id}/task").All(IsStopped));
    }

    // proc_pid_stat(5): the state stands behind the name, which is in parentheses and may hold any.
    private static bool IsStopped(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');
        }
        catch (IOException)
        {
            return true; // it has ended meanwhile
        }
    }
}
