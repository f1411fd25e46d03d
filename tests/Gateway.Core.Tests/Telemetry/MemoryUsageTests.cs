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
    [InlineData(null)]
    [InlineData("4:memory:/process\n")]
    [InlineData("0::/\n")]
    public void Usage_NoGroupWithALimit_IsTheProcessAgainstTheMachine(string? groups)
    {
        var usage = new MemoryUsage(_root, groups);

        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, usage.LimitBytes);
        Assert.InRange(usage.UsedBytes, 1_000_000, usage.LimitBytes);
    }

    private void Group(string path, string max, long current, long inactiveFile)
    {
        var folder = Directory.CreateDirectory(_root + path).FullName;
        File.WriteAllText(Path.Combine(folder, "memory.max"), max + "\n");
        File.WriteAllText(Path.Combine(folder, "memory.current"), $"{current}\n");
        File.WriteAllText(Path.Combine(folder, "memory.stat"), $"anon 1\nfile 2\ninactive_file {inactiveFile}\n");
    }
}
