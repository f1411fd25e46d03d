namespace Gateway.Core.Protocols.Json;

/// <summary>The closed set of error codes of gateway.v1.</summary>
internal static class JsonError
{
    public const string BadRequest = "bad_request";
    public const string UnknownType = "unknown_type";
    public const string InvalidChannel = "invalid_channel";
    public const string Forbidden = "forbidden";
    public const string Unauthorized = "unauthorized";
    public const string AlreadySubscribed = "already_subscribed";
    public const string NotSubscribed = "not_subscribed";
    public const string TooManySubscriptions = "too_many_subscriptions";
    public const string TooManyChannels = "too_many_channels";
    public const string TooLarge = "too_large";
    public const string RateLimited = "rate_limited";
    public const string Overloaded = "overloaded";
    public const string Unavailable = "unavailable";
}
