namespace Gateway.Admin;

/// <summary>How many a list may have.</summary>
internal static class ListLimit
{
    /// <summary>Of lists of all nodes, where the request does not say.</summary>
    public const int Default = 20;

    /// <summary>Null: the limit is one, or not given.</summary>
    public static IResult? Refusal(int? limit, int most) =>
        limit < 1 || limit > most ? Problem.Result(400, $"'limit' must be from 1 to {most}.") : null;
}
