using System.Globalization;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Memory that counts against the limit at which the kernel ends the process: that of its control group, which the kernel's socket buffers
/// count towards as well, or the process's own against what the collector takes for the machine's. Version 2 of control groups only.
/// </summary>
internal sealed class MemoryUsage
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string? _group; // the nearest one up the tree with a limit; null: none

    public MemoryUsage()
        : this(Root, ReadOrNull("/proc/self/cgroup"))
    {
    }

    /// <param name="root">Where the control groups are mounted.</param>
    /// <param name="groups">The process's, as the kernel lists them.</param>
    internal MemoryUsage(string root, string? groups)
    {
        // Version 2 is the line with hierarchy 0 and no controllers; in a container its path is that of the container's own root.
        var own = groups?.Split('\n').FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..].Trim();
        for (var group = own is null ? null : root + own.TrimEnd('/'); group?.Length >= root.Length; group = Path.GetDirectoryName(group))
        {
            if (Limit(group) is null)
                continue;
            _group = group;
            return;
        }
    }

    /// <summary>Bytes at which the kernel ends the process.</summary>
    public long LimitBytes => (_group is null ? null : Limit(_group)) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Bytes in use. A group's without the files' pages that the kernel would give up first.</summary>
    public long UsedBytes => (_group is null ? null : Used(_group)) ?? Environment.WorkingSet;

    private static long? Limit(string group) => Number(ReadOrNull(group + "/memory.max")); // "max": none

    private static long? Used(string group)
    {
        const string Cache = "inactive_file ";
        var cache = ReadOrNull(group + "/memory.stat")?.Split('\n').FirstOrDefault(line => line.StartsWith(Cache, StringComparison.Ordinal))?[Cache.Length..];
        return Number(ReadOrNull(group + "/memory.current")) - (Number(cache) ?? 0);
    }

    private static long? Number(string? text) => long.TryParse(text?.Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // another system, or not ours to see
        }
    }
}
