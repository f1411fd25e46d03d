namespace Gateway.Tests.Configuration;

/// <summary>What the logging library would meet with an exception, or with silence, is an error of the configuration.</summary>
public sealed class LoggingRulesTests
{
    [Theory]
    [InlineData("Logging:Console:MaxQueueLength", "0")]
    [InlineData("Logging:Console:MaxQueueLength", "-1")]
    [InlineData("Logging:Console:MaxQueueLength", "many")]
    [InlineData("Logging:Console:MaxQueueLength", "1.5")]
    [InlineData("Logging:Console:MaxQueueLength", "")]
    [InlineData("Logging:Console:MaxQueueLength", "3000000000")]
    [InlineData("Logging:Console:LogToStandardErrorThreshold", "Loud")]
    [InlineData("Logging:Console:LogToStandardErrorThreshold", "")]
    [InlineData("Logging:Console:QueueFullMode", "DropWrite")]
    [InlineData("Logging:Console:QueueFullMode", "Wait")]
    [InlineData("Logging:Console:FormatterName", "xml")]
    [InlineData("Logging:LogLevel:Gateway", "Loud")]
    public void Setting_ThatLoggingCannotFollow_IsAnErrorInOneLine(string key, string value)
    {
        var error = Assert.Single(Bound.Of((key, value)).Errors);

        Assert.Equal((key, value), (error.Option, error.Value));
        Assert.DoesNotContain("\n", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void QueueFullMode_IsSaidToHaveNoEffect() =>
        Assert.Contains("has no effect", Assert.Single(Bound.Of(("Logging:Console:QueueFullMode", "Wait")).Errors).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("Logging:Console:MaxQueueLength", "1")]
    [InlineData("Logging:Console:MaxQueueLength", " 16 ")]
    [InlineData("Logging:Console:LogToStandardErrorThreshold", "error")]
    [InlineData("Logging:Console:FormatterName", "JSON")]
    [InlineData("Logging:LogLevel:Gateway", "debug")]
    public void Setting_ThatLoggingFollows_IsTaken(string key, string value) => Assert.Empty(Bound.Of((key, value)).Errors);
}
