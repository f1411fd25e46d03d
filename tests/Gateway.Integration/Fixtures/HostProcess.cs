using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Integration.Fixtures;

/// <summary>The real program, as an operator starts it: a process of its own, on free ports of loopback.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A native build, as the image has it, in place of this one; null: this one.</summary>
    private static readonly string? NativeProgram = Environment.GetEnvironmentVariable("GATEWAY_PROGRAM");

    // A test's client may be slower on a busy machine than an honest one, which no test waits for.
    private static readonly string[] Defaults =
    [
        "--Gateway:Endpoints:0:Address=127.0.0.1:0",
        "--Gateway:Admin:Address=127.0.0.1:0",
        "--Gateway:Auth:AllowAnonymous=true",
        "--Gateway:Tls:HandshakeTimeout=1m",
        "--Gateway:Heartbeat:Interval=10m",
    ];

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _isRead = new(initialState: true);
    private Uri? _adminAddress;
    private readonly int _endPointCount;

    private HostProcess(Process process, int endPointCount)
    {
        _process = process;
        _endPointCount = endPointCount;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Where clients connect, in the options' order.</summary>
    public List<IPEndPoint> EndPoints { get; } = [];

    /// <summary>The first of them.</summary>
    public IPEndPoint EndPoint => EndPoints[0];

    /// <summary>The admin side.</summary>
    public HttpClient Admin { get; } = new() { Timeout = Patience };

    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>Nobody reads what it says from here on; or somebody again.</summary>
    public void Read(bool isRead)
    {
        if (isRead)
            _isRead.Set();
        else
            _isRead.Reset();
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public static Task<HostProcess> StartAsync(params string[] options) => StartLimitedAsync(descriptors: null, options);

    /// <summary>The same, with so many descriptors.</summary>
    public static async Task<HostProcess> StartLimitedAsync(int? descriptors, params string[] options)
    {
        var host = Launch([.. Defaults, .. options], descriptors);
        var ended = host._process.WaitForExitAsync();
        if (await Task.WhenAny(host._listening.Task, ended).WaitAsync(Patience) == ended)
            throw new InvalidOperationException($"The program ended with {host._process.ExitCode}:\n{host.Output}");
        host.Admin.BaseAddress = host._adminAddress;
        return host;
    }

    /// <summary>Runs it to its end. Returns the exit code and all it said.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var host = Launch(arguments);
        var exitCode = await host.WaitForExitAsync();
        return (exitCode, host.Output);
    }

    /// <summary>A process without a shell of its own; <c>TERM</c>, <c>STOP</c>, …</summary>
    public Task SignalAsync(string signal) => Signals.SendAsync(_process.Id, signal);

    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async Task<HttpResponseMessage> PublishAsync(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await Admin.PostAsync("/api/v1/publish", content);
    }

    public Task<JsonElement> NodeAsync() => Admin.GetFromJsonAsync<JsonElement>("/api/v1/node");

    /// <summary>The status of <c>/readyz</c> and what it says.</summary>
    public async Task<(HttpStatusCode Status, string Reason)> ReadinessAsync()
    {
        using var response = await Admin.GetAsync("/readyz");
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The sum of a metric's samples.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var text = await Admin.GetStringAsync("/metrics");
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is '{' or ' ')
            .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        _isRead.Set();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static HostProcess Launch(string[] arguments, int? descriptors = null)
    {
        var program = NativeProgram ?? "dotnet";
        var start = new ProcessStartInfo(descriptors is null ? program : "prlimit") { RedirectStandardOutput = true, RedirectStandardError = true };
        if (descriptors is not null)
        {
            // It becomes the program, so that the id is the program's.
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"--nofile={descriptors}:{descriptors}"));
            start.ArgumentList.Add(program);
        }

        foreach (var argument in NativeProgram is null ? [Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), .. arguments] : arguments)
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var endPointCount = arguments.Count(argument => argument.StartsWith("--Gateway:Endpoints:", StringComparison.Ordinal) && argument.Contains(":Address=", StringComparison.Ordinal));
        var host = new HostProcess(Process.Start(start)!, endPointCount);
        host._process.OutputDataReceived += (_, line) => host.OnLine(line.Data);
        host._process.ErrorDataReceived += (_, line) => host.OnLine(line.Data);
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    private void OnLine(string? line)
    {
        _isRead.Wait();
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
        // The last line of a program that was killed may be cut off.
        if (!line.StartsWith('{') || !line.EndsWith('}'))
            return;
        var message = JsonSerializer.Deserialize<JsonElement>(line).GetProperty("Message").GetString()!;
        if (message.StartsWith("Admin side", StringComparison.Ordinal))
            _adminAddress = new Uri(message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
        if (!message.StartsWith("Listening for clients: ", StringComparison.Ordinal))
            return;
        EndPoints.Add(IPEndPoint.Parse(message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..]));
        if (EndPoints.Count >= _endPointCount)
            _listening.TrySetResult();
    }
}
