using System.Globalization;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// Reads <c>Gateway:Redis:Configuration</c>: StackExchange.Redis's own form, or a URL as platforms hand it out and other clients take it,
/// <c>redis://user:password@host:port,host:port/database?option=value</c>, with <c>rediss</c> for TLS. User and password are percent-encoded there
/// (RFC 3986 §2.1), and the options are those of the other form. No message holds a part of the text that might be the password.
/// </summary>
internal static class RedisConnectionString
{
    private const string Mark = "://";

    // Of both schemes, as every other client has it; the library takes 6380 with TLS.
    private const int DefaultPort = 6379;

    // With a serviceName the hosts are Sentinels; the library takes the same for them in its own form.
    private const int DefaultSentinelPort = 26379;

    /// <exception cref="FormatException">It is none; the message says why.</exception>
    /// <exception cref="ArgumentException">The same.</exception>
    public static ConfigurationOptions Parse(string text)
    {
        var mark = text.IndexOf(Mark, StringComparison.Ordinal);
        var scheme = mark < 0 ? "" : text[..mark];
        // A password may hold anything, the mark too.
        if (mark < 0 || scheme.AsSpan().ContainsAny(',', '='))
            return ConfigurationOptions.Parse(text);
        var isTls = scheme.Equals("rediss", StringComparison.OrdinalIgnoreCase);
        return isTls || scheme.Equals("redis", StringComparison.OrdinalIgnoreCase)
            ? ParseUrl(text[(mark + Mark.Length)..], isTls)
            : throw new FormatException("a URL of Redis begins with redis:// or, with TLS, rediss://");
    }

    private static ConfigurationOptions ParseUrl(string rest, bool isTls)
    {
        // The last one: passwords are pasted as they are.
        var at = rest.LastIndexOf('@');
        var hosts = rest[(at + 1)..];
        var question = hosts.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : OptionsOf(hosts[(question + 1)..]);
        var options = query.Length == 0 ? new ConfigurationOptions() : ConfigurationOptions.Parse(query);
        hosts = question < 0 ? hosts : hosts[..question];
        if (isTls)
            options.Ssl = true;
        if (at > 0)
            TakeUser(options, rest[..at]);
        var slash = hosts.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
            TakeDatabase(options, hosts[(slash + 1)..]);
        foreach (var host in (slash < 0 ? hosts : hosts[..slash]).Split(','))
            TakeHost(options, host, string.IsNullOrEmpty(options.ServiceName) ? DefaultPort : DefaultSentinelPort);
        return options;
    }

    /// <summary><c>a=1&amp;b=2</c> as the other form has it, in which what has no sign is a host.</summary>
    private static string OptionsOf(string query)
    {
        var items = query.Split('&', StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(items, static item => item.Contains('=', StringComparison.Ordinal))
            ? string.Join(',', items.Select(Uri.UnescapeDataString))
            : throw new FormatException("what stands behind '?' are options such as connectTimeout=2000, with '&' between them");
    }

    private static void TakeUser(ConfigurationOptions options, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        if (user.Length > 0)
            options.User = user;
        if (colon >= 0 && colon + 1 < text.Length)
            options.Password = Uri.UnescapeDataString(text[(colon + 1)..]);
    }

    private static void TakeDatabase(ConfigurationOptions options, string text)
    {
        text = text.TrimEnd('/');
        if (text.Length == 0)
            return;
        options.DefaultDatabase = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
            ? database
            : throw new FormatException("what stands behind the hosts is a database's number, such as /0; a '/' in a password is written %2F");
    }

    private static void TakeHost(ConfigurationOptions options, string text, int port)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        var host = end < 0 ? text : text[..end];
        var isRight = host.Length > 0 && Uri.CheckHostName(host) != UriHostNameType.Unknown
            && (end < 0 || end == text.Length || (text[end] == ':' && int.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue));
        if (!isRight)
            throw new FormatException("a URL of Redis names hosts such as redis.example.com:6379 or [2001:db8::1]:6379, several with commas between them");
        options.EndPoints.Add(host.Trim('[', ']'), port);
    }
}
