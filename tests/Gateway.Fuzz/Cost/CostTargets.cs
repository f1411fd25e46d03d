using Gateway.Fuzz.Cost.Targets;

namespace Gateway.Fuzz.Cost;

/// <summary>Every reader of bytes that a peer chooses. A new one is a file in Targets and a line here.</summary>
internal static class CostTargets
{
    public static IReadOnlyList<ICostTarget> All { get; } =
    [
        new FrameCost(),
        new JsonCommandCost(),
        new JsonPointerCost(),
        new PayloadCost(),
        new RequestCost(),
        .. HeaderCost.All,
        new ProxyHeaderCost(),
        new ChannelPatternCost(),
        new TokenCost(),
        new SubscriptionTokenCost(),
        new ClaimsCost(),
        new PublishBodyCost(),
        .. EnvelopeCost.All,
        new PublicationHeaderCost(),
    ];

    public static ICostTarget Named(string name) => All.First(target => target.Name == name);
}
