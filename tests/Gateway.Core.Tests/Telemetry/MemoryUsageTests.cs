using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

/// <summary>Control groups as folders of files, as the kernel shows them.</summary>
public sealed class MemoryUsageTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Usage_InAContainer_IsItsOwnRootsWithoutTheFileCache()
    {
        Group("/", max: "1000", current: 700, inactiveFile: 200);
        var usage = new MemoryUsage(_root, "0::/\n");

        Assert.Equal((1000, 500), (usage.LimitBytes, usage.UsedBytes));
    }

    [Fact]
    public void Usage_NoLimitOfItsOwn_IsThatOfTheNearestGroupAboveIt()
    {
        Group("/slice", max: "5000", current: 900, inactiveFile: 0);
        Group("/slice/service", max: "max", current: 800, inactiveFile: 0);
        var usage = new MemoryUsage(_root, "12:memory:/else\n0::/slice/service\n");

        Assert.Equal((5000, 900), (usage.LimitBytes, usage.UsedBytes));
    }

    [Theory]
    [InlineData("4:memory:/process\n0::/\n", "/process")]
    [InlineData("4:cpu,memory:/docker/abc\n", "/")]
    [InlineData("4:memory:/slice/service\n", "/slice")]
    public void Usage_OfVersion1_IsThatOfTheGroupOrOfTheContainersRoot(string groups, string path)
    {
        FirstGroup("/", limit: path == "/" ? 1000 : 9223372036854771712, usage: 700, inactiveFile: 100);
        FirstGroup("/slice/service", limit: 9223372036854771712, usage: 1, inactiveFile: 0);
        if (path != "/")
            FirstGroup(path, limit: 1000, usage: 700, inactiveFile: 100);
        var usage = new MemoryUsage(_root, groups);

        Assert.Equal((1000, 600), (usage.LimitBytes, usage.UsedBytes));
    }

    [Fact]
    public void Usage_ThatCannotBeReadNow_IsTheLastOne()
    {
        Group("/", max: "1000", current: 700, inactiveFile: 200);
        var usage = new MemoryUsage(_root, "0::/\n");
        Assert.Equal(500, usage.UsedBytes);

        File.WriteAllText(Path.Combine(_root, "memory.current"), "0\n");
        Assert.Equal(500, usage.UsedBytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("4:memory:/process\n")]
    [InlineData("0::/\n")]
    public void Usage_NoGroupWithALimit_IsTheProcessAgainstTheMachine(string? groups)
    {
        var usage = new MemoryUsage(_root, groups);

        // The two say the same of a machine, but for what the kernel keeps for itself.
        Assert.InRange(usage.LimitBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 2);
        Assert.InRange(usage.UsedBytes, 1_000_000, usage.LimitBytes);
    }

    private void FirstGroup(string path, long limit, long usage, long inactiveFile)
    {
        var folder = Directory.CreateDirectory($"{_root}/memory{path}").FullName;
        File.WriteAllText(Path.Combine(folder, "memory.limit_in_bytes"), $"{limit}\n");
        File.WriteAllText(Path.Combine(folder, "memory.usage_in_bytes"), $"{usage}\n");
        File.WriteAllText(Path.Combine(folder, "memory.stat"), $"cache 1\ntotal_cache 2\ninactive_file 9\ntotal_inactive_file {inactiveFile}\n");
    }

    private void Group(string path, string max, long current, long inactiveFile)
    {
        var folder = Directory.CreateDirectory(_root + path).FullName;
        File.WriteAllText(Path.Combine(folder, "memory.max"), max + "\n");
        File.WriteAllText(Path.Combine(folder, "memory.current"), $"{current}\n");
        File.WriteAllText(Path.Combine(folder, "memory.stat"), $"anon 1\nfile 2\ninactive_file {inactiveFile}\n");
    }
}
