using System.Globalization;

namespace Gateway.Load.Server;

/// <summary>A control group with a limit of memory, as a container has it, of version 1 or 2; for root.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Mount = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly string _script;
    private readonly bool _isVersion1;

    /// <param name="bytes">The limit.</param>
    /// <param name="program">What <see cref="Program"/> starts in it: a .dll, or an executable.</param>
    /// <param name="mount">Where the kernel shows its groups; with version 1 each controller has a folder of its own in it.</param>
    /// <exception cref="LoadException">This system lets us make none.</exception>
    public MemoryGroup(long bytes, string program, string mount = Mount)
    {
        if (!OperatingSystem.IsLinux())
            throw new LoadException("Control groups are Linux's.");
        var name = $"gateway-load-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        var version1 = Path.Combine(mount, "memory");
        _isVersion1 = Directory.Exists(version1);
        _folder = Path.Combine(_isVersion1 ? version1 : mount, name);
        _script = Path.Combine(Path.GetTempPath(), name + ".sh");
        try
        {
            if (!_isVersion1)
                Delegate(mount);
            Directory.CreateDirectory(_folder);
            File.WriteAllText(Path.Combine(_folder, _isVersion1 ? "memory.limit_in_bytes" : "memory.max"), bytes.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"No control group of {bytes} bytes can be made ({e.Message}). Run as root, or give the node --set Gateway:Memory:BudgetBytes and this scenario --group 0.");
        }

        var command = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? $"dotnet '{Path.GetFullPath(program)}'" : $"'{Path.GetFullPath(program)}'";
        File.WriteAllText(_script, $"#!/bin/sh\necho $$ > {_folder}/cgroup.procs && exec {command} \"$@\"\n");
        File.SetUnixFileMode(_script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Starts the program in the group: the runtime reads its limit when it starts.</summary>
    public string Program => _script;

    /// <summary>The most that it has used, the kernel's socket buffers included where the kernel counts them.</summary>
    public long? MostBytes => Read(_isVersion1 ? "memory.max_usage_in_bytes" : "memory.peak");

    /// <summary>What it uses now, files that the kernel keeps in memory for it included.</summary>
    public long? UsedBytes => Read(_isVersion1 ? "memory.usage_in_bytes" : "memory.current");

    /// <summary>How often it wanted more than it may have: the kernel then takes back what it can, and else ends a process.</summary>
    public long? Hits => _isVersion1 ? Read("memory.failcnt") : ReadField("memory.events", "max");

    /// <summary>Processes that the kernel ended for want of memory.</summary>
    public long? Killed => ReadField(_isVersion1 ? "memory.oom_control" : "memory.events", "oom_kill");

    public void Dispose()
    {
        File.Delete(_script);
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // The node has not left it yet; an empty group costs nothing.
        }
    }

    /// <summary>With version 2 a group has the controllers that its parent hands down.</summary>
    private static void Delegate(string parent)
    {
        var handedDown = Path.Combine(parent, "cgroup.subtree_control");
        if (File.Exists(handedDown) && !File.ReadAllText(handedDown).Split(' ', '\n').Contains("memory"))
            File.WriteAllText(handedDown, "+memory");
    }

    private long? Read(string file) =>
        File.Exists(Path.Combine(_folder, file)) && long.TryParse(File.ReadAllText(Path.Combine(_folder, file)).Trim(), CultureInfo.InvariantCulture, out var value) ? value : null;

    private long? ReadField(string file, string field) => File.ReadLines(Path.Combine(_folder, file))
        .Select(line => line.Split(' '))
        .Where(words => words[0] == field)
        .Select(words => (long?)long.Parse(words[1], CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
