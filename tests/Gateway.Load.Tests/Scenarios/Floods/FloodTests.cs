using Gateway.Load.Scenarios.Floods;

namespace Gateway.Load.Tests.Scenarios.Floods;

public class FloodTests
{
    [Fact]
    public void All_Floods_HaveNamesOfTheirOwn() => Assert.Equal(Flood.All.Count, Flood.All.Select(flood => flood.Name).Distinct().Count());

    /// <summary>A flood that neither must end, nor keeps a limit, nor has newcomers could not fail but by the others' p99.</summary>
    [Fact]
    public void All_Floods_HaveAVerdictOfTheirOwn() => Assert.All(Flood.All, flood => Assert.True((flood.Ends.Length > 0 && !flood.MayStay) || flood.Limit.Length > 0 || flood.Probe is not null));
}
