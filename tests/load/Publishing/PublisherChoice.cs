namespace Gateway.Load.Publishing;

/// <summary>The ways in which a publication can come to the node.</summary>
internal static class PublisherChoice
{
    public const string Redis = "redis";
    public const string Http = "http";
    public const string WebSocket = "websocket";

    /// <summary>What a started node must be told for this way: clients may publish only where a rule says so.</summary>
    public static IEnumerable<(string Name, string Value)> NodeOptions(string? choice) =>
        choice == WebSocket ? [("Gateway:Rules:0:Pattern", "load-*"), ("Gateway:Rules:0:Publish", "anyone")] : [];
}
