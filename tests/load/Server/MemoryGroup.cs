using System.Globalization;

namespace Gateway.Load.Server;

/// <summary>A control group with a limit of memory, as a container has it, of version 1 or 2; for root.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Version1 = "/sys/fs/cgroup/memory";
    private const string Version2 = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly string _script;
    private readonly bool _isVersion1 = Directory.Exists(Version1);

    /// <param name="bytes">The limit.</param>
    /// <param name="program">What <see cref="Program"/> starts in it: a .dll, or an executable.</param>
    /// <exception cref="LoadException">This system lets us make none.</exception>
    public MemoryGroup(long bytes, string program)
    {
        if (!OperatingSystem.IsLinux())
            throw new LoadException("Control groups are Linux's.");
        var name = $"gateway-load-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        _folder = Path.Combine(_isVersion1 ? Version1 : Version2, name);
        _script = Path.Combine(Path.GetTempPath(), name + ".sh");
        try
        {
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

    private long? Read(string file) =>
        File.Exists(Path.Combine(_folder, file)) && long.TryParse(File.ReadAllText(Path.Combine(_folder, file)).Trim(), CultureInfo.InvariantCulture, out var value) ? value : null;

    private long? ReadField(string file, string field) => File.ReadLines(Path.Combine(_folder, file))
        .Select(line => line.Split(' '))
        .Where(words => words[0] == field)
        .Select(words => (long?)long.Parse(words[1], CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
