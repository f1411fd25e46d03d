using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Logging;

/// <summary>Formats the lines of one category.</summary>
/// <param name="category">The category.</param>
/// <param name="log">Whose formatter and scopes they are.</param>
/// <param name="write">Takes a line.</param>
internal sealed class ConsoleLogger(string category, ConsoleLog log, Action<string, LogLevel> write) : ILogger
{
    // What a line needs as a rule; a longer one's memory is not kept.
    private const int KeptChars = 1024;

    [ThreadStatic]
    private static StringWriter? t_text;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.Scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var text = t_text ??= new StringWriter();
        log.Formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), log.Scopes, text);
        var line = text.GetStringBuilder();
        if (line.Length > 0)
            write(line.ToString(), logLevel);
        line.Clear();
        if (line.Capacity > KeptChars)
            line.Capacity = KeptChars;
    }
}
