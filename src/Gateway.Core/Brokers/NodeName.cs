namespace Gateway.Core.Brokers;

/// <summary>What a node can be called, as <c>Gateway:Node:Name</c> allows it. Names of others become parts of keys and channels at the broker.</summary>
internal static class NodeName
{
    private const int MaxLength = 128;

    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
