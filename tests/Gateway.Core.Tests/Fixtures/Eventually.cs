namespace Gateway.Core.Tests.Fixtures;

/// <summary>Waits for a condition that nothing announces. The bound only keeps a broken test from hanging; nothing is measured.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Fails the test when the condition does not come true.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Bound, "The condition did not come true.");
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
    }
}
