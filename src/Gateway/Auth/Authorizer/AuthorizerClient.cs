using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Core.Access;
using Gateway.Core.Json;

namespace Gateway.Auth.Authorizer;

/// <summary>One question over HTTP. Whatever is not the answer that the contract names is an exception, for the circuit breaker to count.</summary>
internal sealed class AuthorizerClient : IDisposable
{
    // The longest reason many times over.
    private const int MaxResponseBytes = 16 * 1024;

    private readonly HttpClient _http;
    private readonly string _node;

    public AuthorizerClient(AuthorizerOptions options, string node)
    {
        _node = node;
        // A redirect would take the secret, and the client's claims, to where nobody has said that they may go.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = options.MaxConcurrent,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // a backend that moved is found by its name
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(options.Uri),
            MaxResponseContentBufferSize = MaxResponseBytes,
            Timeout = Timeout.InfiniteTimeSpan, // the caller's
        };
        if (options.Secret.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Secret);
    }

    /// <exception cref="HttpRequestException">It cannot be reached, or answers something else.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<AuthorizerResponse> AskAsync(AuthorizerQuestion question, CancellationToken cancellationToken)
    {
        var action = question.Action == ChannelAction.Subscribe ? "subscribe" : "publish";
        var request = new AuthorizerRequest(question.Client.Subject, question.Connection, question.Channel, action, question.Client.Claims, _node);
        // Whole, so that its length goes ahead of it: WSGI servers and CGI programs read no other content.
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, AuthorizerJson.Default.AuthorizerRequest));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        // With its content, so that a response has the bound and the time of the question.
        using var response = await _http.PostAsync((Uri?)null, body, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException($"it answers {(int)response.StatusCode}", null, response.StatusCode);
        try
        {
            var answer = JsonReading.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken), AuthorizerJson.Default.AuthorizerResponse);
            return answer is { Allow: not null } ? answer : throw new HttpRequestException("its answer has no 'allow'");
        }
        catch (JsonException)
        {
            throw new HttpRequestException("its answer is not the JSON that is expected");
        }
    }

    public void Dispose() => _http.Dispose();
}
