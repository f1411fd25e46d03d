using System.Globalization;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Memory that counts against the limit at which the kernel ends the process: that of its control group, version 1 or 2, which the kernel's
/// socket buffers count towards as well in version 2, or the process's own against what the machine has.
/// </summary>
internal sealed class MemoryUsage
{
    private const string Root = "/sys/fs/cgroup";

    // A group of version 1 without a limit has the largest number of pages for one.
    private const long Unlimited = long.MaxValue / 2;

    // Not what the collector says, which may have been told of a smaller budget.
    private static readonly long MachineBytes =
        Number(ReadOrNull("/proc/meminfo")?.Split('\n').FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))?["MemTotal:".Length..].Replace("kB", "", StringComparison.Ordinal)) * 1024
        ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private readonly Files _files;
    private readonly string? _group; // the nearest one up the tree with a limit; null: none

    public MemoryUsage()
        : this(Root, ReadOrNull("/proc/self/cgroup"))
    {
    }

    /// <param name="root">Where the control groups are mounted.</param>
    /// <param name="groups">The process's, as the kernel lists them.</param>
    internal MemoryUsage(string root, string? groups)
    {
        var lines = groups?.Split('\n') ?? [];
        // Version 2 is the line with hierarchy 0 and no controllers; in a container its path is that of the container's own root.
        var second = lines.FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];
        // Version 1 mounts each controller apart, and a container sees its own group as the mount's root, whatever its path says.
        var first = lines.FirstOrDefault(line => line.Split(':') is [_, var controllers, _] && controllers.Split(',').Contains("memory"))?.Split(':')[2];
        foreach (var (files, mount, own) in (ReadOnlySpan<(Files, string, string?)>)[(Files.V2, root, second), (Files.V1, root + "/memory", first)])
        {
            _files = files;
            for (var group = own is null ? null : mount + own.TrimEnd('/'); group?.Length >= mount.Length; group = Path.GetDirectoryName(group))
            {
                if (Limit(group) is null)
                    continue;
                _group = group;
                return;
            }
        }
    }

    /// <summary>Bytes at which the kernel ends the process.</summary>
    public long LimitBytes => (_group is null ? null : Limit(_group)) ?? MachineBytes;

    /// <summary>Bytes in use. A group's without the files' pages that the kernel would give up first.</summary>
    public long UsedBytes => (_group is null ? null : Used(_group)) ?? Environment.WorkingSet;

    private long? Limit(string group) => Number(ReadOrNull($"{group}/{_files.Limit}")) is < Unlimited and var limit ? limit : null; // version 2 says "max": none

    private long? Used(string group)
    {
        var cache = ReadOrNull(group + "/memory.stat")?.Split('\n').FirstOrDefault(line => line.StartsWith(_files.Cache, StringComparison.Ordinal))?[_files.Cache.Length..];
        return Number(ReadOrNull($"{group}/{_files.Used}")) - (Number(cache) ?? 0);
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

    private readonly record struct Files(string Limit, string Used, string Cache)
    {
        public static readonly Files V2 = new("memory.max", "memory.current", "inactive_file ");
        public static readonly Files V1 = new("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ");
    }
}
