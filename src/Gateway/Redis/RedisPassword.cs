using Gateway.Configuration;
using StackExchange.Redis.Configuration;

namespace Gateway.Redis;

/// <summary>The password of a connection string that has none, asked for anew whenever a connection is greeted.</summary>
internal sealed class RedisPassword(SecretFile file) : DefaultOptionsProvider
{
    public override string? Password => file.Text is { Length: > 0 } text ? text : null;
}
