using System.Net;
using Gateway.Configuration;
using Gateway.Core.Brokers;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// StackExchange.Redis's connection: publishing, questions to the server, and who is the primary now (Sentinel, Cluster). It may take
/// its time to come up; until then there is nobody to ask.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly ConfigurationOptions _configuration;
    private readonly int _spread = Random.Shared.Next(1 << 16);
    private volatile ConnectionMultiplexer? _multiplexer;

    public RedisConnection(RedisOptions options, string nodeName, RedisTls tls, TimeProvider time, ILogger log)
    {
        _configuration = RedisConnectionString.Parse(options.Configuration);
        if (options.PasswordPath.Length > 0)
            _configuration.Defaults = new RedisPassword(new SecretFile(options.PasswordPath, time, log));
        _configuration.ClientName ??= "gateway-" + nodeName;
        _configuration.AbortOnConnectFail = false;
        // What cannot be sent now is refused now: a publication that waits in silence is delivered at a time nobody expects.
        _configuration.BacklogPolicy = BacklogPolicy.FailFast;
        _configuration.AsyncTimeout = (int)options.PublishTimeout.TotalMilliseconds;
        // The library's own policy waits up to ten seconds more after each failure.
        _configuration.ReconnectRetryPolicy = new LinearRetry(500);
        // Neither its own channel nor its own key: an ACL user of the gateway needs access to the gateway's names only.
        _configuration.ConfigurationChannel = "";
        _configuration.TieBreaker = "";
        if (_configuration.Ssl)
            _configuration.SslClientAuthenticationOptions = tls.Options;
    }

    /// <summary>The connection string, read.</summary>
    public ConfigurationOptions Configuration => _configuration;

    /// <summary>For publishing; null until the first attempt to connect has ended.</summary>
    public ISubscriber? Subscriber => _multiplexer?.GetSubscriber();

    /// <summary>For keys; null until the first attempt to connect has ended.</summary>
    public IDatabase? Database => _multiplexer?.GetDatabase();

    /// <summary>Raised when the library has found out that servers or roles are different now.</summary>
    public event Action? Changed;

    /// <summary>Makes the connection; retried by the caller, because Sentinels that do not answer are an error here.</summary>
    public async Task ConnectAsync()
    {
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(_configuration);
        multiplexer.ConfigurationChanged += (_, _) => Changed?.Invoke();
        multiplexer.ConnectionRestored += (_, _) => Changed?.Invoke();
        _multiplexer = multiplexer;
    }

    /// <summary>
    /// Where the publications' link should go: a primary that answers, else each known server in turn. In a Cluster every node relays
    /// every publication, so the gateway's nodes spread over them.
    /// </summary>
    public EndPoint? PickEndPoint(int attempt)
    {
        var candidates = Primaries();
        if (candidates.Length == 0)
            candidates = Known();
        return candidates.Length == 0 ? null : candidates[(int)((uint)(_spread + attempt) % (uint)candidates.Length)];
    }

    /// <summary>Whether a link to this server is where it should be. As long as nobody knows better, it is.</summary>
    public bool IsCurrent(EndPoint endPoint)
    {
        var primaries = Primaries();
        return primaries.Length == 0 || primaries.Contains(endPoint);
    }

    /// <summary>How many subscribers this server has in each channel.</summary>
    public async Task<long[]> CountSubscribersAsync(EndPoint endPoint, byte[][] keys)
    {
        if (_multiplexer is not { } multiplexer)
            return [];
        object[] arguments = ["NUMSUB", .. keys.Select(key => (object)(RedisValue)key)];
        var answer = await multiplexer.GetServer(endPoint).ExecuteAsync("PUBSUB", arguments);
        var pairs = (RedisResult[]?)answer ?? []; // name, count, name, count, …
        return [.. pairs.Where((_, i) => i % 2 == 1).Select(count => (long)count)];
    }

    /// <summary>Asks for keys, within a deadline.</summary>
    /// <exception cref="BrokerUnavailableException">Redis has not answered.</exception>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Database is not { } database)
            throw new BrokerUnavailableException("Redis has not been reached yet", BrokerOutcome.NotDone);
        try
        {
            return await ask(database).WaitAsync(deadline, time, cancellationToken);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new BrokerUnavailableException(e is TimeoutException ? "Redis did not answer in time" : e.Message, BrokerOutcome.Unknown, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } multiplexer)
            await multiplexer.DisposeAsync();
    }

    private EndPoint[] Primaries() =>
        _multiplexer is not { } multiplexer
            ? []
            : [.. multiplexer.GetServers().Where(server => server.IsConnected && !server.IsReplica).Select(server => server.EndPoint)];

    private EndPoint[] Known()
    {
        if (_multiplexer is { } multiplexer)
            return multiplexer.GetEndPoints();
        // With a service's name, the configured servers are Sentinels, which carry no publications.
        return string.IsNullOrEmpty(_configuration.ServiceName) ? [.. _configuration.EndPoints.Select(WithPort)] : [];
    }

    private EndPoint WithPort(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint { Port: 0 } dns => new DnsEndPoint(dns.Host, DefaultPort),
        IPEndPoint { Port: 0 } ip => new IPEndPoint(ip.Address, DefaultPort),
        _ => endPoint,
    };

    private int DefaultPort => _configuration.Ssl ? 6380 : 6379; // as the library has it
}
