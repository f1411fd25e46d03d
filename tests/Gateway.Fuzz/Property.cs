namespace Gateway.Fuzz;

/// <summary>What must hold.</summary>
internal static class Property
{
    public static void Holds(bool condition, string otherwise)
    {
        if (!condition)
            throw new FuzzException(otherwise);
    }

    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new FuzzException($"{what}: {expected} is not {actual}");
    }
}
