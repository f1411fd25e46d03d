using Gateway.Core.Telemetry;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Gateway.Auth.Authorizer;

/// <summary>Counts what becomes of questions, and says once in a while that they fail, and that they no longer do.</summary>
internal sealed partial class AuthorizerWatch(string uri, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private readonly Rarely _mayLog = new(time, TimeSpan.FromSeconds(10));
    private volatile bool _isFailing;

    public void OnAnswer(bool isAllowed)
    {
        Count(isAllowed ? "allowed" : "denied");
        if (!_isFailing)
            return;
        _isFailing = false;
        LogWorks(log, uri);
    }

    public void OnFailure(Exception fault)
    {
        Count(fault switch { TimeoutRejectedException or OperationCanceledException => "timeout", BrokenCircuitException => "cut_off", _ => "failed" });
        if (fault is BrokenCircuitException || !_mayLog.Now())
            return;
        _isFailing = true;
        LogFails(log, uri, fault is TimeoutRejectedException or OperationCanceledException ? "it took longer than Gateway:Authorizer:Timeout" : fault.GetBaseException().Message);
    }

    /// <summary>It was not sent: its asker has more questions than its share. Says nothing of the backend.</summary>
    public void OnNoPlace() => Count("no_place");

    /// <summary>The circuit breaker's word.</summary>
    public ValueTask OnCutOff(bool isCutOff)
    {
        metrics.AuthorizerCutOff = isCutOff;
        return default;
    }

    private void Count(string result) => metrics.AuthorizerAnswers.Add(1, new KeyValuePair<string, object?>("result", result));

    [LoggerMessage(4100, LogLevel.Warning, "The authorizer at {Uri} gave no verdict: {Reason}. Where it is away, clients are refused, or let, as the rules say; on an answer 4xx they are told 'unavailable'. Others are counted in gateway_authorizer_answers_total; this line comes at most every 10 s.")]
    private static partial void LogFails(ILogger log, string uri, string reason);

    [LoggerMessage(4101, LogLevel.Information, "The authorizer at {Uri} answers again.")]
    private static partial void LogWorks(ILogger log, string uri);
}
