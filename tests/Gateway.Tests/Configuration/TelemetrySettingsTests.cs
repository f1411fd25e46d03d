using System.Globalization;

namespace Gateway.Tests.Configuration;

public class TelemetrySettingsTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("0.001")]
    [InlineData(" .5 ")]
    [InlineData("1e-05")] // as Helm writes a small one
    public void Ratio_FromZeroToOne_IsBound(string text)
    {
        var (settings, errors) = Bound.Of(("Gateway:Telemetry:Tracing:Ratio", text));

        Assert.Empty(errors);
        Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), settings.Gateway.Telemetry.Tracing.Ratio);
    }

    [Theory]
    [InlineData("-0.1")]
    [InlineData("1.0001")]
    [InlineData("NaN")]
    [InlineData("0,5")]
    [InlineData("10%")]
    [InlineData("")]
    public void Ratio_AnythingElse_IsAnError(string text)
    {
        var error = Assert.Single(Bound.Of(("Gateway:Telemetry:Tracing:Ratio", text)).Errors);

        Assert.Equal("Gateway:Telemetry:Tracing:Ratio", error.Option);
        Assert.Contains("0.01", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://collector:4318", true)]
    [InlineData("https://collector.example.com/otlp/", true)]
    [InlineData("http://[::1]:4318", true)]
    [InlineData("collector:4318", false)]
    [InlineData("ftp://collector", false)]
    [InlineData("/v1/traces", false)]
    [InlineData("http://user:pass@collector:4318", false)]
    [InlineData("http://collector:4318?key=1", false)]
    public void Endpoint_IsAUrlWithoutSecrets(string text, bool isRight) =>
        Assert.Equal(isRight, Bound.Of(("Gateway:Telemetry:Otlp:Endpoint", text)).Errors.Count == 0);

    [Theory]
    [InlineData("authorization=Bearer%20abc", true)]
    [InlineData("a=1,b=2=3, c=", true)]
    [InlineData("abc", false)]
    [InlineData("a=1,", false)]
    [InlineData("a b=1", false)]
    [InlineData("=1", false)]
    [InlineData("a=é", false)]
    public void Headers_AreNamesAndValues(string text, bool isRight)
    {
        var (_, errors) = Bound.Of(("Gateway:Telemetry:Otlp:Headers", text));

        Assert.Equal(isRight, errors.Count == 0);
        Assert.All(errors, error => Assert.Null(error.Value));
    }

    [Fact]
    public void Metrics_WithoutAnEndpoint_IsAnError()
    {
        Assert.Equal("Gateway:Telemetry:Otlp:Metrics", Assert.Single(Bound.Of(("Gateway:Telemetry:Otlp:Metrics", "true")).Errors).Option);
        Assert.Empty(Bound.Of(("Gateway:Telemetry:Otlp:Metrics", "true"), ("Gateway:Telemetry:Otlp:Endpoint", "http://collector:4318")).Errors);
    }
}
