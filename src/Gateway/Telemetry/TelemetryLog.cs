namespace Gateway.Telemetry;

/// <summary>What is said of the export of traces and metrics. Ids are stable, from 3200 on: docs/logs.md lists them.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(3200, LogLevel.Warning, "The collector at {Endpoint} does not take {Signal}: {Reason}. They are thrown away and counted in gateway_telemetry_export_errors_total; clients and publications are not affected. Check that it runs, and Gateway:Telemetry:Otlp; this line comes at most every minute")]
    public static partial void ExportFails(ILogger log, string endpoint, string signal, string reason);

    [LoggerMessage(3201, LogLevel.Information, "The collector at {Endpoint} takes {Signal} again")]
    public static partial void ExportWorks(ILogger log, string endpoint, string signal);
}
