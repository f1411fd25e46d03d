using System.Net;
using Polly;

namespace Gateway.Auth;

/// <summary>Fetches a JWK Set, with a few attempts. What a fetch may cost is bounded: its time, its size, and where it leads.</summary>
internal sealed class JwksFetcher : IDisposable
{
    /// <summary>Sixty-four RSA keys with their certificates are a third of it.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(3);

    private readonly Uri _uri;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline _attempts;

    public JwksFetcher(Uri uri, TimeProvider time)
    {
        _uri = uri;
        _client = new HttpClient(new SocketsHttpHandler
        {
            // The configuration says whom to trust, and nobody else does.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            // The issuer's name may lead elsewhere tomorrow.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            // One, and one that is being replaced: DescriptorBudget.
            MaxConnectionsPerServer = 2,
        })
        {
            MaxResponseContentBufferSize = MaxBytes,
            Timeout = Timeout.InfiniteTimeSpan, // the pipeline's
        };
        _attempts = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new()
            {
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
            })
            .AddTimeout(AttemptTimeout)
            .Build();
    }

    /// <returns>The keys, or null and why there are none.</returns>
    public async Task<(KeyRing? Keys, string Problem)> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Hops to the pool: what awaits HTTP goes on on the socket engine's own thread, where clients are waiting.
            var json = await _attempts.ExecuteAsync(async (uri, token) => await GetAsync(uri, token), _uri, cancellationToken)
                .AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return Jwks.TryParse(json) is { } keys ? (keys, "") : (null, "the answer is no JWK Set with a key that can be used: RSA from 2048 bits, or EC");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, e is Polly.Timeout.TimeoutRejectedException ? $"no answer within {AttemptTimeout.TotalSeconds:0} s" : e.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<byte[]> GetAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var response = await _client.GetAsync(uri, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : throw new HttpRequestException($"it answers {(int)response.StatusCode}");
    }
}
