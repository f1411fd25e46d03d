using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Integration.Fixtures;

/// <summary>
/// A real <c>redis-server</c> of the PATH on a free port, without persistence. It ends with the test process, however that ends: a
/// shell between the two kills it when its standard input closes.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    private const int Attempts = 5;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(20);

    private readonly RedisServerOptions _options;
    private Process? _shell;
    private int _pid;

    public RedisServer()
        : this(new RedisServerOptions())
    {
    }

    private RedisServer(RedisServerOptions options) => _options = options;

    /// <summary>Without TLS.</summary>
    public int Port { get; private set; }

    /// <summary>With TLS; 0 without certificates.</summary>
    public int TlsPort { get; private set; }

    /// <summary>A connection string without credentials.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts one.</summary>
    public static async Task<RedisServer> StartAsync(RedisServerOptions? options = null)
    {
        var server = new RedisServer(options ?? new RedisServerOptions());
        await server.InitializeAsync();
        return server;
    }

    /// <summary>A free port for a server that is to be started later, or never.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask InitializeAsync()
    {
        // Somebody else may take a port between our looking and the server's binding it.
        for (var attempt = 1; ; attempt++)
        {
            Port = _options.Port > 0 ? _options.Port : FreePort();
            TlsPort = _options.Certificates is null ? 0 : FreePort();
            try
            {
                await LaunchAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < Attempts && _options.Port == 0)
            {
                await KillAsync();
            }
        }
    }

    /// <summary>Starts it again on the same port.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (_shell is null)
            return;
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        _shell = null;
    }

    /// <summary>It hangs: SIGSTOP.</summary>
    public Task PauseAsync() => Signals.SendAsync(_pid, "STOP");

    /// <summary>It goes on: SIGCONT.</summary>
    public Task ResumeAsync() => Signals.SendAsync(_pid, "CONT");

    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task LaunchAsync()
    {
        // The server's own output goes to the test's error stream only if it fails to start.
        const string Script = "redis-server \"$@\" </dev/null & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null; wait $! 2>/dev/null; exit 0";
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", Script, "sh", .. Arguments()])
            start.ArgumentList.Add(argument);
        if (!OnPath("redis-server"))
            throw new FileNotFoundException("redis-server is not on the PATH; these tests need one (Debian and Ubuntu: apt-get install redis-server).");
        try
        {
            _shell = Process.Start(start) ?? throw new InvalidOperationException("No shell.");
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("These tests need /bin/sh.", e);
        }

        var pid = await _shell.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The shell said nothing.");
        _pid = int.Parse(pid, CultureInfo.InvariantCulture);
        var output = _shell.StandardOutput;
        var log = Task.Run(output.ReadToEndAsync);
        var ready = await Eventually.BecomesAsync(() => IsReadyAsync(Port), ReadyWithin);
        if (!ready)
            throw new InvalidOperationException($"redis-server did not answer on port {Port} within {ReadyWithin.TotalSeconds} s.");
        _ = log;
    }

    private IEnumerable<string> Arguments()
    {
        string[] arguments =
        [
            "--port", Text(Port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning",
        ];
        if (_options.Certificates is { } certificates)
        {
            arguments =
            [
                .. arguments, "--tls-port", Text(TlsPort), "--tls-cert-file", certificates.CertificatePath, "--tls-key-file",
                certificates.KeyPath, "--tls-ca-cert-file", certificates.CaPath,
                "--tls-auth-clients", _options.AskForClientCertificate ? "yes" : "no",
            ];
        }

        return _options.Password is { } password ? [.. arguments, "--requirepass", password, .. _options.More] : [.. arguments, .. _options.More];
    }

    /// <summary>Any answer will do: one that asks for a password comes from a server that is ready.</summary>
    private static async Task<bool> IsReadyAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[1];
            await client.GetStream().ReadExactlyAsync(answer);
            return answer[0] is (byte)'+' or (byte)'-';
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How a test's Redis is set up.</summary>
public sealed record RedisServerOptions
{
    /// <summary>A port found by <see cref="RedisServer.FreePort"/>; 0: one of its own.</summary>
    public int Port { get; init; }

    public string? Password { get; init; }

    /// <summary>TLS on a second port.</summary>
    public TestCertificates? Certificates { get; init; }

    public bool AskForClientCertificate { get; init; }

    /// <summary>Further arguments, such as <c>--user</c> and an ACL user's rules.</summary>
    public IReadOnlyList<string> More { get; init; } = [];
}
