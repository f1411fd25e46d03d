namespace Gateway.Core.Connections;

/// <summary>A channel as outbound queues know it. Made with each life of a channel in a shard; the name says whether two are the same.</summary>
internal sealed class OutboundChannel(string name, SlowConsumerPolicy policy)
{
    public string Name { get; } = name;

    /// <summary>Another one when the rules are read again.</summary>
    public SlowConsumerPolicy Policy { get; set; } = policy;
}
