using System.Diagnostics;
using System.Globalization;

namespace Gateway.Integration.Fixtures;

/// <summary>What a test tells a process of its own.</summary>
internal static class Signals
{
    /// <summary>
    /// <c>TERM</c>, <c>STOP</c>, … After <c>STOP</c> this returns when no thread of it runs: each is told by itself, on a busy machine after a moment,
    /// and may answer until then.
    /// </summary>
    public static async Task SendAsync(int process, string signal)
    {
        var id = process.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", ["-" + signal, id]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
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
