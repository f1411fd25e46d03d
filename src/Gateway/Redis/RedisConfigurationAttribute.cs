using Gateway.Configuration;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>A StackExchange.Redis connection string, or a URL, that the gateway can follow in full, or an empty one.</summary>
public sealed class RedisConfigurationAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string? FindFault(string value)
    {
        ConfigurationOptions parsed;
        try
        {
            parsed = RedisConnectionString.Parse(value);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return "is neither a StackExchange.Redis connection string nor a URL such as redis://user:password@host:6379/0: " + e.Message;
        }

        if (parsed.EndPoints.Count == 0)
            return "names no endpoint, such as localhost:6379";
        if (!parsed.ChannelPrefix.IsNullOrEmpty)
            return "sets channelPrefix; set Gateway:Redis:Prefix instead";
        return parsed.Tunnel is not null ? "sets a tunnel, through which the publications' link cannot go" : null;
    }
}
