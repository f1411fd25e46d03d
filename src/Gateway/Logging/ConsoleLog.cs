using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Gateway.Logging;

/// <summary>
/// The log's way to the console, in the logging library's formats and by its options. The library's own would have all threads of the node
/// wait for a sink that nobody reads, or drop lines that it counts for nobody.
/// </summary>
[ProviderAlias("Console")]
internal sealed partial class ConsoleLog : ILoggerProvider, ISupportExternalScope
{
    private readonly ConsoleFormatter[] _formatters;
    private readonly IOptionsMonitor<ConsoleLoggerOptions> _options;
    private readonly LogLines _lines;
    private readonly ConsoleLogger _own; // of this class itself: what it says stands before a line, and waits for no place
    private string _ownLine = ""; // the writing thread's

    public ConsoleLog(IEnumerable<ConsoleFormatter> formatters, IOptionsMonitor<ConsoleLoggerOptions> options, GatewayMetrics metrics)
        : this(formatters, options, metrics, Console.Out, Console.Error)
    {
    }

    internal ConsoleLog(
        IEnumerable<ConsoleFormatter> formatters, IOptionsMonitor<ConsoleLoggerOptions> options, GatewayMetrics metrics, TextWriter output, TextWriter errors)
    {
        (_formatters, _options) = ([.. formatters], options);
        _own = new ConsoleLogger(typeof(ConsoleLog).FullName!, this, (line, _) => _ownLine = line);
        _lines = new LogLines(options.CurrentValue.MaxQueueLength, output, errors, () => metrics.LogLinesDropped.Add(1), TellDropped);
    }

    /// <summary>What loggers have around their lines.</summary>
    public IExternalScopeProvider Scopes { get; private set; } = new LoggerExternalScopeProvider();

    /// <summary>The format.</summary>
    public ConsoleFormatter Formatter
    {
        get
        {
            var name = _options.CurrentValue.FormatterName ?? ConsoleFormatterNames.Simple;
            return Array.Find(_formatters, formatter => formatter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? _formatters[0];
        }
    }

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => Scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) =>
        new ConsoleLogger(categoryName, this, (line, level) => _lines.Add(line, level >= _options.CurrentValue.LogToStandardErrorThreshold));

    public void Dispose() => _lines.Dispose();

    private string TellDropped(long lines)
    {
        LogDropped(_own, lines);
        return _ownLine;
    }

    [LoggerMessage(3040, LogLevel.Warning, "{Lines} log lines are missing here: nobody read the node's output, or it could not be written. They are counted in gateway_log_dropped_total")]
    private static partial void LogDropped(ILogger log, long lines);
}
