using System.Globalization;

namespace Gateway.Load.Server;

/// <summary>What a process and its children have used, as the kernel counts it: a server's work may be done by workers.</summary>
/// <param name="Cpu">User and system time of all threads, in steps of 10 ms.</param>
/// <param name="ResidentBytes">Resident memory now.</param>
internal readonly record struct ProcessUsage(TimeSpan Cpu, long ResidentBytes)
{
    // proc(5): fields 14 and 15 of stat, counted from 1, in clock ticks, which are 1/100 s on every Linux; the name may hold spaces.
    private const int UserTimeAfterName = 11;
    private const int TicksPerSecond = 100;

    /// <summary>Null: there is no such process, or no more.</summary>
    public static ProcessUsage? TryRead(int pid)
    {
        try
        {
            return Read(pid);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return null; // gone between the two files, or a zombie, which has no memory
        }
    }

    public static ProcessUsage Read(int pid)
    {
        var own = ReadAlone(pid);
        return ChildrenOf(pid).Select(Read).Aggregate(own, (sum, child) => new ProcessUsage(sum.Cpu + child.Cpu, sum.ResidentBytes + child.ResidentBytes));
    }

    private static ProcessUsage ReadAlone(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = Number(fields[UserTimeAfterName]) + Number(fields[UserTimeAfterName + 1]);
        var resident = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new ProcessUsage(
            TimeSpan.FromSeconds(ticks / (double)TicksPerSecond),
            1024 * Number(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1]));
    }

    // Children of the main thread only, which is what servers with workers start them from.
    private static IEnumerable<int> ChildrenOf(int pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => (int)Number(child));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
