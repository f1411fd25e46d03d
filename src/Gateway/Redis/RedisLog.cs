namespace Gateway.Redis;

/// <summary>What the broker says to operators. Nothing here happens per message. Ids are stable, from 2000 on: docs/logs.md lists them.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(2000, LogLevel.Information, "Publications' link to Redis at {EndPoint} is up: {Channels} channels subscribed")]
    public static partial void LinkUp(ILogger log, string endPoint, int channels);

    [LoggerMessage(2001, LogLevel.Warning, "Publications' link to Redis at {EndPoint} lost: {Reason}. Clients are kept, publications are missed until it is back, and publishing may go on; the node reconnects by itself")]
    public static partial void LinkLost(ILogger log, string endPoint, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "Publications' link to Redis cannot be made: {Reason}. Attempt {Attempt}, going on; check that Redis runs and Gateway:Redis:Configuration is right")]
    public static partial void LinkFailed(ILogger log, string reason, int attempt);

    [LoggerMessage(2003, LogLevel.Warning, "Back on Redis at {EndPoint} after {Seconds:F1} s, {Channels} channels subscribed again. Clients are told that they may have missed publications")]
    public static partial void LinkBack(ILogger log, string endPoint, double seconds, int channels);

    [LoggerMessage(2004, LogLevel.Warning, "Publishing through Redis fails: {Reason}. Publishers get errors; what others publish arrives as long as the link stands (2001 says when it does not). Check that Redis answers and has a primary, and that the user may PUBLISH")]
    public static partial void PublishingFails(ILogger log, string reason);

    [LoggerMessage(2005, LogLevel.Information, "Publishing through Redis works")]
    public static partial void PublishingWorks(ILogger log);

    [LoggerMessage(2006, LogLevel.Warning, "{Count} channels, {Channel} among them, had no subscriber in Redis although this node is subscribed: subscribed again. Their publications were missed; somebody may have reset Redis's subscriptions")]
    public static partial void ChannelsLost(ILogger log, int count, string channel);

    [LoggerMessage(2007, LogLevel.Warning, "Redis refused the subscription to {Channel}: {Reason}. Its subscribers were told; the user's ACL must allow the channels &<prefix>*. This line comes at most every 10 s")]
    public static partial void SubscriptionRefused(ILogger log, string channel, string reason);

    [LoggerMessage(2008, LogLevel.Warning, "{What} of {Bytes} bytes from Redis was dropped: {Most} are taken. All are counted in gateway_deliveries_dropped_total; this line comes at most every 10 s. {Advice}")]
    public static partial void TooLarge(ILogger log, string what, long bytes, int most, string advice);

    [LoggerMessage(2009, LogLevel.Information, "PUBSUB NUMSUB is refused or fails ({Reason}): a single lost channel would not be found. Allow the user +pubsub|numsub")]
    public static partial void SampleFailed(ILogger log, string reason);

    [LoggerMessage(2010, LogLevel.Warning, "StackExchange.Redis cannot be started: {Reason}. Attempt {Attempt}, going on; publishing fails until then")]
    public static partial void ConnectionFailed(ILogger log, string reason, int attempt);

    [LoggerMessage(2011, LogLevel.Error, "The node failed to take a message from Redis; it is lost for its subscribers. This is a defect of the gateway: please report it. Further ones are not logged for 10 s")]
    public static partial void SinkFailed(ILogger log, Exception exception);

    [LoggerMessage(2012, LogLevel.Warning, "This node's clock is {Seconds:0} s from Redis's (positive: ahead). Tokens begin and end by a wrong clock on one of the two; set them by a time server. This line comes at most every minute")]
    public static partial void ClockOff(ILogger log, double seconds);
}
