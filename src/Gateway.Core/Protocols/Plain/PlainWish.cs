using Gateway.Core.Access;
using Gateway.Core.Channels;

namespace Gateway.Core.Protocols.Plain;

/// <summary>The channels that a plain URL asks for, between the request and the first subscription.</summary>
/// <param name="names">In the order of the URL.</param>
internal sealed class PlainWish(IReadOnlyList<ChannelName> names)
{
    /// <summary>In the order of the URL.</summary>
    public IReadOnlyList<ChannelName> Names { get; } = names;

    /// <summary>What allowed each of them.</summary>
    public AccessRule?[] Rules { get; } = new AccessRule?[names.Count];
}
