using System.Diagnostics.CodeAnalysis;

namespace Gateway.Logging;

/// <summary>
/// Lines on their way to the console. Whoever logs never waits: not for a pipe that nobody reads, nor for a disk that is full. So many wait;
/// further ones are dropped and counted, and the next that finds a place is preceded by how many those were.
/// </summary>
internal sealed class LogLines : IDisposable
{
    // As long as the logging library's own console gives the last lines.
    private static readonly TimeSpan LastLines = TimeSpan.FromMilliseconds(1500);

    private readonly int _capacity;
    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly Action _onDropped;
    private readonly Func<long, string> _tellDropped;
    private readonly Thread _writer;
    private readonly Queue<Line> _waiting = new(); // guards itself and the two below
    private long _dropped; // that no line tells of yet
    private bool _isOver;

    /// <param name="capacity">Lines that may wait.</param>
    /// <param name="output">Where they go; may block for as long as it likes.</param>
    /// <param name="errors">Where those go that are errors.</param>
    /// <param name="onDropped">Counts a line.</param>
    /// <param name="tellDropped">The line that says how many were dropped.</param>
    public LogLines(int capacity, TextWriter output, TextWriter errors, Action onDropped, Func<long, string> tellDropped)
    {
        (_capacity, _output, _errors, _onDropped, _tellDropped) = (capacity, output, errors, onDropped, tellDropped);
        // A thread of its own, since it may stand still; it does not keep the process.
        _writer = new Thread(Write) { IsBackground = true, Name = "Log" };
        _writer.Start();
    }

    /// <summary>Takes a line, or drops it; at once.</summary>
    public void Add(string text, bool isError)
    {
        lock (_waiting)
        {
            if (!_isOver && _waiting.Count < _capacity)
            {
                _waiting.Enqueue(new Line(text, isError, _dropped));
                _dropped = 0;
                Monitor.Pulse(_waiting);
                return;
            }
        }

        Drop();
    }

    /// <summary>Lets the last lines leave, if somebody reads them. Whoever logs after this loses its line.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isOver = true;
            Monitor.Pulse(_waiting);
        }

        _writer.Join(LastLines);
    }

    /// <param name="untold">Those dropped before, counted already, that no line has told of after all.</param>
    private void Drop(long untold = 0)
    {
        lock (_waiting)
            _dropped += 1 + untold;
        _onDropped();
    }

    private void Write()
    {
        while (TryTake(out var line))
        {
            var untold = line.DroppedBefore;
            try
            {
                var output = line.IsError ? _errors : _output;
                if (untold > 0)
                    output.Write(_tellDropped(untold));
                untold = 0;
                output.Write(line.Text);
            }
#pragma warning disable CA1031 // Whatever it is, the log does not end the node; the next line is tried again.
            catch (Exception)
#pragma warning restore CA1031
            {
                Drop(untold);
            }
        }
    }

    private bool TryTake([MaybeNullWhen(false)] out Line line)
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isOver)
                Monitor.Wait(_waiting);
            return _waiting.TryDequeue(out line);
        }
    }

    private sealed record Line(string Text, bool IsError, long DroppedBefore);
}
