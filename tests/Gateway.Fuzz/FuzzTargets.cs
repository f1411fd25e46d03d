using Gateway.Fuzz.Targets;

namespace Gateway.Fuzz;

/// <summary>Every reader of bytes that a peer chooses. A new one is a file in Targets and a line here.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new RequestTarget(),
        new FrameTarget(),
        new DeflateTarget(),
        new JsonCommandTarget(),
        new ProxyHeaderTarget(),
        new ForwardedTarget(),
        new PublicationHeaderTarget(),
    ];

    public static IFuzzTarget Named(string name) => All.First(target => target.Name == name);
}
