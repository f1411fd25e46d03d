using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Gateway.Core.Options;

namespace Gateway.Telemetry;

/// <summary>Where traces and metrics are sent, by OpenTelemetry's protocol.</summary>
internal sealed class OtlpOptions
{
    /// <summary>One of the two protocols.</summary>
    public const string Grpc = "grpc";

    [Description("Where an OpenTelemetry collector takes traces, such as http://collector:4318; with http/protobuf, /v1/traces and /v1/metrics are appended. Empty: nothing is sent, and nothing traced.")]
    [OtlpEndpoint]
    public string Endpoint { get; set; } = "";

    [Description("How it is spoken to: http/protobuf, usually on port 4318, or grpc, usually on 4317. The first is OpenTelemetry's own default, and passes every proxy.")]
    [AllowedValues("http/protobuf", Grpc, ErrorMessage = "must be 'http/protobuf' or 'grpc'")]
    public string Protocol { get; set; } = "http/protobuf";

    [Description("Headers sent along, such as a token: name=value, with commas between several; values are percent-decoded. Empty: none.")]
    [OtlpHeaders]
    [Secret]
    public string Headers { get; set; } = "";

    [Description("Sends the metrics there too, every minute; /metrics shows them in any case.")]
    public bool Metrics { get; set; }

    /// <summary>Whether anything is sent.</summary>
    public bool IsEnabled => Endpoint.Length > 0;
}
