using System.Collections.Concurrent;
using System.Diagnostics;
using Gateway.Load.Client;

namespace Gateway.Load.Server;

/// <summary>A program that runs for as long as this object, and no longer than this process, and what it says.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int KeptLines = 200;
    private const int KeptErrors = 20;

    // It lets a child have a SIGKILL when the thread that made it ends, also by a SIGKILL of its own (prctl(2), PR_SET_PDEATHSIG).
    private const string SetParentDeathSignal = "/usr/bin/setpriv";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<ChildProcess, bool> Running = new();

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly List<string> _errors = [];
    private readonly Lock _gate = new();
    private readonly Action<string>? _onLine;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    /// <param name="start">The program and its arguments.</param>
    /// <param name="onLine">Gets each line that it says, on another thread.</param>
    public ChildProcess(ProcessStartInfo start, Action<string>? onLine = null)
    {
        if (File.Exists(SetParentDeathSignal))
        {
            start.ArgumentList.Insert(0, start.FileName);
            start.ArgumentList.Insert(0, "--");
            start.ArgumentList.Insert(0, "--pdeathsig=KILL");
            start.FileName = SetParentDeathSignal;
        }

        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        _onLine = onLine;
        _process = Process.Start(start) ?? throw new LoadException($"{start.FileName} does not start.");
        Running[this] = true;
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

    /// <summary>Errors that it logged, the first ones.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_gate)
                return [.. _errors];
        }
    }

    /// <summary>Ends what still runs: nothing stays behind, however this process ends.</summary>
    public static void KillAll()
    {
        foreach (var child in Running.Keys)
            _ = Libc.Kill(child.Id, Libc.SigKill);
    }

    /// <summary>Says a line to it.</summary>
    public void Say(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended; whoever waits for its answer sees that.
        }
    }

    /// <summary>The first thing that is found in what it says.</summary>
    public T WaitFor<T>(Loop loop, Func<string, T?> find, string what, Action? eachTurn = null)
        where T : class
    {
        T? found = null;
        loop.RunUntil(() => (found = Lines.Select(find).FirstOrDefault(match => match is not null)) is not null || HasExited, Patience, eachTurn);
        return found ?? throw new LoadException($"{what}:\n{string.Join('\n', Lines)}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        Running.TryRemove(this, out _);
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _onLine?.Invoke(line);
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
            if (_errors.Count < KeptErrors && LogLine.IsError(line))
                _errors.Add(line);
        }
    }
}
