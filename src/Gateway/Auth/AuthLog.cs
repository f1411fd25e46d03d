namespace Gateway.Auth;

/// <summary>What is said of the keys that check tokens; never anything of a token. Ids are stable, from 3300 on: docs/logs.md lists them.</summary>
internal static partial class AuthLog
{
    [LoggerMessage(3300, LogLevel.Information, "The key files of Gateway:Auth:Jwt have been read anew; {Keys} keys are used from now on.")]
    public static partial void KeysReloaded(ILogger log, int keys);

    [LoggerMessage(3301, LogLevel.Error, "The key files of Gateway:Auth:Jwt have changed or cannot be read, and cannot be used. {Faults} The keys read before are used until they can; the node would not start anew with these files.")]
    public static partial void KeysNotReloaded(ILogger log, string faults);

    [LoggerMessage(3302, LogLevel.Information, "The JWK Set at {Uri} holds {Keys} keys that can be used.")]
    public static partial void JwksFetched(ILogger log, Uri uri, int keys);

    [LoggerMessage(3303, LogLevel.Warning, "The JWK Set at {Uri} cannot be fetched: {Reason}. The keys it held before are used for {Hours:0.#} h more; without any, clients with tokens get 503. This line comes at most every minute.")]
    public static partial void JwksFailed(ILogger log, Uri uri, string reason, double hours);

    [LoggerMessage(3304, LogLevel.Information, "The JWK Set at {Uri} can be fetched again.")]
    public static partial void JwksBack(ILogger log, Uri uri);
}
