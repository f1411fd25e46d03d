using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Load.Client;

namespace Gateway.Load.Server;

/// <summary>What the load asks of a node's admin side.</summary>
internal sealed class AdminApi(IPEndPoint endPoint) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://{endPoint}"), Timeout = Patience };

    public IPEndPoint EndPoint { get; } = endPoint;

    /// <summary>The first client endpoint, once the node is ready.</summary>
    public IPEndPoint WaitForEndPoint(Loop loop)
    {
        if (!loop.RunUntil(() => StatusOf("/readyz") == HttpStatusCode.OK, Patience))
            throw new LoadException("The node does not become ready.");
        return EndPoints()[0];
    }

    /// <summary>Of clients, in the order of the configuration.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints()
    {
        using var node = JsonDocument.Parse(Get("/api/v1/node"));
        return [.. node.RootElement.GetProperty("endpoints").EnumerateArray().Select(endPoint => IPEndPoint.Parse(endPoint.GetString()!))];
    }

    /// <summary>The node's metrics as they are now.</summary>
    public NodeMetrics Metrics() => NodeMetrics.Parse(Get("/metrics"));

    public void Dispose() => _http.Dispose();

    private string Get(string path)
    {
        try
        {
            using var response = _http.Send(new HttpRequestMessage(HttpMethod.Get, path));
            response.EnsureSuccessStatusCode();
            using var body = new StreamReader(response.Content.ReadAsStream());
            return body.ReadToEnd();
        }
        catch (TaskCanceledException)
        {
            throw new LoadException($"The node's admin side did not answer {path} within {Patience.TotalSeconds} s.");
        }
    }

    private HttpStatusCode StatusOf(string path)
    {
        try
        {
            using var response = _http.Send(new HttpRequestMessage(HttpMethod.Get, path));
            return response.StatusCode;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException)
        {
            return HttpStatusCode.ServiceUnavailable;
        }
    }
}
