using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

public sealed class DescriptorBudgetTests
{
    [Theory]
    [InlineData(1024, 2, 64, 378)]
    [InlineData(20_000, 2, 64, 18_682)]
    [InlineData(1_048_576, 2, 64, 1_047_258)]
    [InlineData(65_536, 64, 0, 64_096)]
    public void Of_ALimit_LeavesClientsWhatTheDocumentationSays(long limit, int cores, int authorizer, int connections) =>
        Assert.Equal(connections, new DescriptorBudget(limit, cores, authorizer).MaxConnections);

    [Fact]
    public void Of_AnyLimitThatIsEnoughForTheProgram_IsNotPassedByTheParts()
    {
        for (var limit = 800L; limit < 2_000_000; limit += limit / 7)
        {
            foreach (var (cores, authorizer) in ((int, int)[])[(1, 0), (4, 64), (64, 0)])
            {
                var budget = new DescriptorBudget(limit, cores, authorizer);
                var parts = DescriptorBudget.OwnDescriptors + (3 * cores) + DescriptorBudget.LinkDescriptors + authorizer + budget.Farewells + budget.Admin;
                Assert.Equal(parts, budget.Reserve);
                Assert.True(parts + budget.MaxConnections <= limit || budget.MaxConnections == 1);
                Assert.True(budget.Farewells > 0 && budget.Admin > 0);
            }
        }
    }

    [Fact]
    public void Of_ALimitThatIsTooSmallOrUnknown_TakesSomebodyAllTheSame()
    {
        Assert.Equal(1, new DescriptorBudget(100, 2, 64).MaxConnections);
        var unknown = new DescriptorBudget(null, 2, 0);
        Assert.False(unknown.IsKnown);
        Assert.InRange(unknown.MaxConnections, 60_000, 70_000);
    }
}
