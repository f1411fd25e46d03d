using Gateway.Core.Buffers;
using Gateway.Core.Memory;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Memory;

public sealed class MemoryBudgetTests
{
    private readonly MemoryBudget _budget = new(new MemoryOptions(), 20_000); // of which 10,000 may wait

    public static TheoryData<long, long, MemoryStage, MemoryStage> Stages { get; } = new()
    {
        { 0, 0, MemoryStage.Normal, MemoryStage.Normal },
        { 6_999, 0, MemoryStage.Normal, MemoryStage.Normal },
        { 7_000, 0, MemoryStage.Normal, MemoryStage.Shedding },
        { 8_500, 0, MemoryStage.Normal, MemoryStage.RefusingUpgrades },
        { 9_500, 0, MemoryStage.Normal, MemoryStage.RefusingPublications },
        { 50_000, 0, MemoryStage.Normal, MemoryStage.RefusingPublications },
        // Left ten points below.
        { 6_000, 0, MemoryStage.Shedding, MemoryStage.Shedding },
        { 5_999, 0, MemoryStage.Shedding, MemoryStage.Normal },
        { 8_500, 0, MemoryStage.RefusingPublications, MemoryStage.RefusingPublications },
        { 8_499, 0, MemoryStage.RefusingPublications, MemoryStage.RefusingUpgrades },
        { 7_499, 0, MemoryStage.RefusingPublications, MemoryStage.Shedding },
        { 0, 0, MemoryStage.RefusingPublications, MemoryStage.Normal },
        // What is used of the whole.
        { 0, 16_999, MemoryStage.Normal, MemoryStage.Normal },
        { 0, 17_000, MemoryStage.Normal, MemoryStage.Shedding },
        { 0, 18_400, MemoryStage.Normal, MemoryStage.RefusingUpgrades },
        { 0, 19_200, MemoryStage.Normal, MemoryStage.RefusingPublications },
        { 0, 16_000, MemoryStage.Shedding, MemoryStage.Shedding },
        { 0, 15_999, MemoryStage.Shedding, MemoryStage.Normal },
        // The worse of the two.
        { 8_500, 17_000, MemoryStage.Normal, MemoryStage.RefusingUpgrades },
        { 7_000, 19_200, MemoryStage.Normal, MemoryStage.RefusingPublications },
    };

    [Theory]
    [MemberData(nameof(Stages))]
    public void Stage_OfWhatWaitsAndIsUsed_IsEnteredAndLeftAtItsMarks(long waiting, long used, MemoryStage current, MemoryStage expected) =>
        Assert.Equal(expected, _budget.StageOf(waiting, total: 0, used, current));

    [Theory]
    [InlineData(0, 1000, 1000)]
    [InlineData(500, 1000, 500)]
    [InlineData(2000, 1000, 1000)]
    public void Budget_IsTheOptionsOrTheKernelsLimit_WhicheverIsLess(long option, long limit, long expected) =>
        Assert.Equal(expected, MemoryBudget.Of(new MemoryOptions { BudgetBytes = option }, limit).Bytes);
}
