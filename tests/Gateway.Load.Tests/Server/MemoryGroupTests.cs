using Gateway.Load.Server;

namespace Gateway.Load.Tests.Server;

/// <summary>On a folder that looks like the kernel's.</summary>
public sealed class MemoryGroupTests : IDisposable
{
    private readonly DirectoryInfo _mount = Directory.CreateTempSubdirectory("gateway-load-tests-");

    public void Dispose() => _mount.Delete(recursive: true);

    [Fact]
    public void Group_OfVersion1_HasItsLimitAndTellsWhatItUsed()
    {
        var controller = _mount.CreateSubdirectory("memory");
        using var group = new MemoryGroup(1 << 29, "node.dll", _mount.FullName);
        var folder = Assert.Single(controller.GetDirectories());
        Assert.Equal("536870912", Read(folder, "memory.limit_in_bytes"));
        Write(folder, "memory.usage_in_bytes", "100\n");
        Write(folder, "memory.max_usage_in_bytes", "200\n");
        Write(folder, "memory.failcnt", "3\n");
        Write(folder, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        Assert.Equal((100, 200, 3, 2), (group.UsedBytes, group.MostBytes, group.Hits, group.Killed));
    }

    [Fact]
    public void Group_OfVersion2_HasItsLimitAndTellsWhatItUsed()
    {
        Write(_mount, "cgroup.subtree_control", "cpu pids\n");
        using var group = new MemoryGroup(1 << 29, "node.dll", _mount.FullName);
        Assert.Equal("+memory", Read(_mount, "cgroup.subtree_control"));
        var folder = Assert.Single(_mount.GetDirectories());
        Assert.Equal("536870912", Read(folder, "memory.max"));
        Write(folder, "memory.current", "100\n");
        Write(folder, "memory.peak", "200\n");
        Write(folder, "memory.events", "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\n");
        Assert.Equal((100, 200, 3, 1), (group.UsedBytes, group.MostBytes, group.Hits, group.Killed));
    }

    [Fact]
    public void Group_OfAParentThatHandsMemoryDown_LeavesItAlone()
    {
        Write(_mount, "cgroup.subtree_control", "cpu memory pids\n");
        using var group = new MemoryGroup(1 << 29, "node.dll", _mount.FullName);
        Assert.Equal("cpu memory pids\n", Read(_mount, "cgroup.subtree_control"));
    }

    [Theory]
    [InlineData("node.dll", "exec dotnet '/")]
    [InlineData("node", "exec '/")]
    public void Program_Started_IsInTheGroupBeforeItBegins(string program, string start)
    {
        using var group = new MemoryGroup(1 << 29, program, _mount.FullName);
        var folder = Assert.Single(_mount.GetDirectories()).FullName;
        Assert.Contains($"echo $$ > {folder}/cgroup.procs && {start}", File.ReadAllText(group.Program), StringComparison.Ordinal);
    }

    private static string Read(DirectoryInfo folder, string file) => File.ReadAllText(Path.Combine(folder.FullName, file));

    private static void Write(DirectoryInfo folder, string file, string text) => File.WriteAllText(Path.Combine(folder.FullName, file), text);
}
