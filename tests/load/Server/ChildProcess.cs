using System.Diagnostics;
using Gateway.Load.Client;

namespace Gateway.Load.Server;

/// <summary>A program that runs for as long as this object, and what it says.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int KeptLines = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();

    public ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        _process = Process.Start(start) ?? throw new LoadException($"{start.FileName} does not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Valid once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What it said last.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>The first thing that is found in what it says.</summary>
    public T WaitFor<T>(Loop loop, Func<string, T?> find, string what)
        where T : class
    {
        T? found = null;
        loop.RunUntil(() => (found = Lines.Select(find).FirstOrDefault(match => match is not null)) is not null || HasExited, Patience);
        return found ?? throw new LoadException($"{what}:\n{string.Join('\n', Lines)}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }
    }
}
