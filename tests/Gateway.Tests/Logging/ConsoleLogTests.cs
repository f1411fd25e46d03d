using System.Text.Json;
using Gateway.Core.Telemetry;
using Gateway.Hosting;
using Gateway.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Logging;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Log_InTheHost_IsTheOneThatWrites()
    {
        using var services = Services([]);

        Assert.IsType<ConsoleLog>(Assert.Single(services.GetServices<ILoggerProvider>()));
    }

    [Fact]
    public void Log_AsJson_HasIdScopeAndMessage()
    {
        using var services = Services([("Logging:Console:FormatterName", "json")]);
        using (var log = Create(services))
        {
            var logger = log.CreateLogger("category");
            using (logger.BeginScope("within"))
                logger.Log(LogLevel.Warning, new EventId(42), "state", new InvalidOperationException("why"), static (state, _) => $"said {state}");
        }

        var line = JsonSerializer.Deserialize<JsonElement>(_output.ToString());
        Assert.Equal((42, "Warning", "category", "said state"), (line.GetProperty("EventId").GetInt32(), line.GetProperty("LogLevel").GetString(), line.GetProperty("Category").GetString(), line.GetProperty("Message").GetString()));
        Assert.Contains("within", line.GetProperty("Scopes").ToString(), StringComparison.Ordinal);
        Assert.Contains("why", line.GetProperty("Exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_FromTheThresholdOn_GoesToStandardError()
    {
        using var services = Services([("Logging:Console:LogToStandardErrorThreshold", "Error")]);
        using (var log = Create(services))
        {
            Say(log.CreateLogger("c"), LogLevel.Warning, "to output");
            Say(log.CreateLogger("c"), LogLevel.Error, "to errors");
        }

        Assert.Contains("to output", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("to errors", _errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("to errors", _output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Whatever its level, no line waits for a place.</summary>
    [Theory]
    [InlineData(LogLevel.Trace)]
    [InlineData(LogLevel.Debug)]
    [InlineData(LogLevel.Information)]
    [InlineData(LogLevel.Warning)]
    [InlineData(LogLevel.Error)]
    [InlineData(LogLevel.Critical)]
    public void Log_NobodyReads_DropsAtEveryLevel(LogLevel level)
    {
        using var services = Services([("Logging:Console:MaxQueueLength", "1")]);
        using var gate = new ManualResetEventSlim();
        var log = new ConsoleLog(Formatters(services), Options(services), _metrics, new Unread(gate), new Unread(gate));
        var logger = log.CreateLogger("c");

        for (var i = 0; i < 10; i++)
            Say(logger, level, "line");

        Assert.InRange(_metrics.LogLinesDropped.Total, 8, 9); // one is being written, if its thread has come to it, and one waits
        gate.Set();
        log.Dispose();
    }

    private static void Say(ILogger logger, LogLevel level, string text) => logger.Log(level, new EventId(1), text, null, static (line, _) => line);

    private static ServiceProvider Services((string Key, string? Value)[] options)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(options.Select(option => KeyValuePair.Create(option.Key, option.Value))).Build();
        return new ServiceCollection().AddSingleton<GatewayMetrics>().AddLogging(logging => LoggingSetup.Add(logging, configuration)).BuildServiceProvider();
    }

    private static IEnumerable<ConsoleFormatter> Formatters(IServiceProvider services) => services.GetServices<ConsoleFormatter>();

    private static IOptionsMonitor<ConsoleLoggerOptions> Options(IServiceProvider services) => services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>();

    private ConsoleLog Create(IServiceProvider services) => new(Formatters(services), Options(services), _metrics, _output, _errors);

    private sealed class Unread(ManualResetEventSlim gate) : StringWriter
    {
        public override void Write(string? value) => gate.Wait(TimeSpan.FromSeconds(60));
    }
}
