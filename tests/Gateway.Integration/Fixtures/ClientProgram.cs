using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Gateway.Integration.Fixtures;

/// <summary>A published client of <c>tests/clients</c>, run by node or compiled; it prints what it receives.</summary>
internal sealed class ClientProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "clients");

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _errors = new();

    private ClientProgram(Process process) => _process = process;

    /// <param name="script">A script of <c>tests/clients</c>, or a program below its <c>node_modules/.bin</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ClientProgram Start(string script, params string[] arguments)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
            throw new DirectoryNotFoundException("tests/clients/node_modules is missing: run ./test.sh, or npm ci in tests/clients.");
        return Launch(new ProcessStartInfo("node", [script, .. arguments]));
    }

    /// <param name="program">A program of <c>tests/clients/go</c>.</param>
    /// <param name="authority">The certificate of the authority that it trusts.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ClientProgram StartGo(string program, string authority, params string[] arguments)
    {
        var path = Path.Combine(Folder, "go", "bin", program);
        if (!File.Exists(path))
            throw new FileNotFoundException("tests/clients/go/bin is missing: run ./test.sh, which builds it.", path);
        var start = new ProcessStartInfo(path, arguments);
        start.Environment["SSL_CERT_FILE"] = authority;
        return Launch(start);
    }

    /// <summary>The next line it prints.</summary>
    /// <param name="atMost">How long it may take; null: a minute.</param>
    public async Task<string> LineAsync(TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(atMost ?? Patience);
        try
        {
            return await _lines.Reader.ReadAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"The client said nothing more. Its errors: {_errors}", e);
        }
    }

    /// <summary>Gives it a line of input.</summary>
    public async Task SendAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The next message, of those that print <c>{"binary":…,"base64":…}</c>.</summary>
    public async Task<(bool IsBinary, byte[] Payload)> MessageAsync()
    {
        var line = JsonSerializer.Deserialize<JsonElement>(await LineAsync());
        Assert.True(line.TryGetProperty("base64", out var payload), line.ToString());
        return (line.GetProperty("binary").GetBoolean(), payload.GetBytesFromBase64());
    }

    public async Task<JsonElement> JsonAsync() => JsonSerializer.Deserialize<JsonElement>((await MessageAsync()).Payload);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(2)))
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ClientProgram Launch(ProcessStartInfo start)
    {
        start.WorkingDirectory = Folder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var client = new ClientProgram(Process.Start(start)!);
        client._process.OutputDataReceived += (_, line) => client.OnLine(line.Data);
        client._process.ErrorDataReceived += (_, line) => client._errors.AppendLine(line.Data);
        client._process.BeginOutputReadLine();
        client._process.BeginErrorReadLine();
        return client;
    }

    private void OnLine(string? line)
    {
        if (line is null)
            _lines.Writer.TryComplete();
        else
            _lines.Writer.TryWrite(line);
    }
}
