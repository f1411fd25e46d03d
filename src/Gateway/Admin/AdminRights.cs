namespace Gateway.Admin;

/// <summary>What a key of the admin side may do.</summary>
[Flags]
internal enum AdminRights
{
    /// <summary>What whoever has any key may.</summary>
    None = 0,

    /// <summary>Look at nodes, channels, clients and rules; nothing is changed by it.</summary>
    Read = 1,

    /// <summary>Publish, to any channel.</summary>
    Publish = 2,

    /// <summary>Everything else: send clients away, take tokens back, drain.</summary>
    Operate = 4,

    /// <summary>An operator's.</summary>
    All = Read | Publish | Operate,
}

/// <summary>Declares what a route needs of the key that asks for it. A route that declares nothing needs an operator's.</summary>
internal sealed class NeededRight(AdminRights right)
{
    /// <summary>One right, or none.</summary>
    public AdminRights Right { get; } = right;

    /// <summary>The right in a word, for people and for the API's document.</summary>
    public static string WordOf(AdminRights right) => right switch
    {
        AdminRights.None => "any",
        AdminRights.Read => "read",
        AdminRights.Publish => "publish",
        _ => "operate",
    };
}

internal static class NeededRightMetadata
{
    /// <summary>Declares what the route needs.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, AdminRights right)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeededRight(right));
}
