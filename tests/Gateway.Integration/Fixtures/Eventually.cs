namespace Gateway.Integration.Fixtures;

/// <summary>Waits for a condition that nothing announces. The bound only keeps a broken test from hanging; no test measures with it.</summary>
public static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    // Doubling: what is about to come true is not waited for long, and what takes long is not asked for often.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Fails the test when the condition does not come true.</summary>
    public static async Task TrueAsync(Func<bool> condition, Func<string>? otherwise = null)
    {
        if (!await BecomesAsync(() => Task.FromResult(condition()), Bound))
            Assert.Fail(otherwise?.Invoke() ?? "The condition did not come true.");
    }

    /// <inheritdoc cref="TrueAsync(Func{bool}, Func{string}?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        if (!await BecomesAsync(condition, Bound))
            Assert.Fail(otherwise?.Invoke() ?? "The condition did not come true.");
    }

    /// <summary>Whether the condition came true within <paramref name="bound"/>.</summary>
    public static async Task<bool> BecomesAsync(Func<Task<bool>> condition, TimeSpan bound)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var pause = FirstPause; TimeProvider.System.GetElapsedTime(start) < bound; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await condition())
                return true;
            await Task.Delay(pause);
        }

        return false;
    }
}
