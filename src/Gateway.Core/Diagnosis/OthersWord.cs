using System.Text.Json;

namespace Gateway.Core.Diagnosis;

/// <summary>
/// Whether another node's answer can be reckoned with. It comes through the broker, where others may write too: texts, lists and numbers
/// are bounded, and nothing is missing that is looked into, so that the worst that an answer does is to be wrong.
/// </summary>
internal static class OthersWord
{
    /// <summary>Of a text, in characters: no name, address or reason comes near.</summary>
    private const int MaxText = 2048;

    /// <summary>Of a list: ten times what a node tells another.</summary>
    private const int MaxItems = 1000;

    /// <summary>Of a number: what every JSON reader takes exactly (RFC 8259 §6), and a thousand of them add up without overflow.</summary>
    private const double MaxNumber = 1L << 53;

    /// <summary>The bounds, whatever it is about.</summary>
    public static bool IsBounded(JsonElement word) => word.ValueKind switch
    {
        JsonValueKind.Object => word.GetPropertyCount() <= MaxItems && word.EnumerateObject().All(static member => member.Value.ValueKind == JsonValueKind.Null || IsBounded(member.Value)),
        JsonValueKind.Array => word.GetArrayLength() <= MaxItems && word.EnumerateArray().All(IsBounded),
        JsonValueKind.String => word.GetString()!.Length <= MaxText,
        JsonValueKind.Number => word.TryGetDouble(out var number) && Math.Abs(number) <= MaxNumber,
        JsonValueKind.Null => false, // an item of a list
        _ => true,
    };

    /// <summary>Whether what is looked into is there.</summary>
    public static bool IsWhole(object word) => word switch
    {
        UserFacts user => user.Connections is not null && user.Connections.All(IsWhole),
        ConnectionFacts facts => facts.Connection is null || IsWhole(facts.Connection),
        NodeFacts node => node is { Node: not null, State: not null, Broker: not null, Drops: not null } && (node.Connection is null || IsWhole(node.Connection)),
        ConnectionInfo connection => connection is { Id: not null, Node: not null, State: not null, Channels: not null, Drops: not null },
        SubscriberFacts subscribers => subscribers.Connections is not null && subscribers.Connections.All(static connection => connection is { Id: not null, Node: not null }),
        IReadOnlyList<EndedConnectionInfo> ended => ended.All(static connection => connection is { Id: not null, Node: not null, Reason: not null }),
        IReadOnlyList<LaggingConnection> lagging => lagging.All(static connection => connection is { Id: not null, Node: not null }),
        _ => true,
    };
}
