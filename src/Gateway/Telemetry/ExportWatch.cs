using Gateway.Core.Telemetry;

namespace Gateway.Telemetry;

/// <summary>
/// Looks at what the collector answers. The exporter itself drops what is not taken and tells nobody; here it is counted, and logged once
/// in a while. At <c>end</c> what is under way is given up: a collector must not delay a stop.
/// </summary>
internal sealed class ExportWatch(HttpMessageHandler inner, string signal, GatewayMetrics metrics, TimeProvider time, ILogger log, CancellationToken end)
    : DelegatingHandler(inner)
{
    private readonly Rarely _mayLog = new(time, TimeSpan.FromMinutes(1));
    private volatile bool _isFailing;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
        try
        {
            return Look(request, base.Send(request, limit.Token));
        }
        catch (Exception e)
        {
            OnFailure(request, e.GetBaseException().Message);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
        try
        {
            return Look(request, await base.SendAsync(request, limit.Token));
        }
        catch (Exception e)
        {
            OnFailure(request, e.GetBaseException().Message);
            throw;
        }
    }

    private HttpResponseMessage Look(HttpRequestMessage request, HttpResponseMessage response)
    {
        // gRPC says in a header of its own what is wrong, when it has nothing else to say.
        var refusal = response.Headers.TryGetValues("grpc-status", out var statuses) ? statuses.FirstOrDefault(status => status != "0") : null;
        if (!response.IsSuccessStatusCode || refusal is not null)
            OnFailure(request, refusal is null ? $"it answers {(int)response.StatusCode}" : $"it answers with gRPC status {refusal}");
        else if (_isFailing)
            OnSuccess(request);
        return response;
    }

    private void OnFailure(HttpRequestMessage request, string reason)
    {
        metrics.ExportErrors.Add(1, new KeyValuePair<string, object?>("signal", signal));
        if (!_mayLog.Now())
            return;
        _isFailing = true;
        TelemetryLog.ExportFails(log, Authority(request), signal, reason);
    }

    private void OnSuccess(HttpRequestMessage request)
    {
        _isFailing = false;
        TelemetryLog.ExportWorks(log, Authority(request), signal);
    }

    private static string Authority(HttpRequestMessage request) => request.RequestUri!.GetLeftPart(UriPartial.Authority);
}
