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
        Number(new KernelFile("/proc/meminfo").Read()?.Split('\n').FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))?["MemTotal:".Length..].Replace("kB", "", StringComparison.Ordinal)) * 1024
        ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private readonly Group? _group; // the nearest one up the tree with a limit; null: none
    private readonly KernelFile _process = new("/proc/self/statm");
    private long _lastUsed;

    public MemoryUsage()
        : this(Root, new KernelFile("/proc/self/cgroup").Read())
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
            for (var group = own is null ? null : mount + own.TrimEnd('/'); group?.Length >= mount.Length; group = Path.GetDirectoryName(group))
            {
                _group = new Group(group, files);
                if (_group.Limit is not null)
                    return;
            }
        }

        _group = null;
    }

    /// <summary>Bytes at which the kernel ends the process.</summary>
    public long LimitBytes => _group?.Limit ?? MachineBytes;

    /// <summary>
    /// Bytes in use. A group's without the files' pages that the kernel would give up first. What cannot be read now is what it last was, and
    /// never 0: whoever keeps the node within its budget would take that for plenty.
    /// </summary>
    public long UsedBytes
    {
        get
        {
            if ((_group?.Used ?? ResidentBytes) is > 0 and var used)
                Volatile.Write(ref _lastUsed, used);
            return Volatile.Read(ref _lastUsed);
        }
    }

    /// <summary>Bytes of memory that the process has.</summary>
    public long ResidentBytes => Number(_process.Read()?.Split(' ').ElementAtOrDefault(1)) * Environment.SystemPageSize ?? Environment.WorkingSet; // the second number, in pages

    private static long? Number(string? text) => long.TryParse(text?.Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A control group's files.</summary>
    private sealed class Group(string path, Files files)
    {
        private readonly KernelFile _limit = new($"{path}/{files.Limit}");
        private readonly KernelFile _used = new($"{path}/{files.Used}");
        private readonly KernelFile _stat = new($"{path}/memory.stat");

        public long? Limit => Number(_limit.Read()) is < Unlimited and var limit ? limit : null; // version 2 says "max": none

        public long? Used => Number(_used.Read()) - (Number(Cache) ?? 0);

        private string? Cache => _stat.Read()?.Split('\n').FirstOrDefault(line => line.StartsWith(files.Cache, StringComparison.Ordinal))?[files.Cache.Length..];
    }

    private readonly record struct Files(string Limit, string Used, string Cache)
    {
        public static readonly Files V2 = new("memory.max", "memory.current", "inactive_file ");
        public static readonly Files V1 = new("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ");
    }
}
