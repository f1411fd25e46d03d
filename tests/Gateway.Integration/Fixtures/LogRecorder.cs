using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Fixtures;

/// <summary>Keeps what a node logs.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _lines = new();

    private readonly ConcurrentQueue<(int Id, string? TraceId)> _traces = new();

    /// <summary>Which trace each line belongs to, by the line's id.</summary>
    public IReadOnlyList<(int Id, string? TraceId)> Traces => [.. _traces];

    public IReadOnlyList<(LogLevel Level, string Message)> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // Enough to look at; a test with thousands of connections must not keep a line of each.
        if (_lines.Count < 1000)
            _lines.Enqueue((logLevel, $"{formatter(state, exception)} {exception}".TrimEnd()));
        if (_traces.Count < 1000)
            _traces.Enqueue((eventId.Id, Activity.Current?.TraceId.ToHexString()));
    }

    public void Dispose()
    {
    }
}
