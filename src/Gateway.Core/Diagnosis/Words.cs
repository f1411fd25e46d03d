namespace Gateway.Core.Diagnosis;

/// <summary>How states are called for operators.</summary>
internal static class Words
{
    public static string Of<T>(T state)
        where T : struct, Enum => state.ToString().ToLowerInvariant();
}
