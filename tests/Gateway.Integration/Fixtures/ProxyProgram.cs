using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Integration.Fixtures;

/// <summary>
/// A published proxy of this machine (haproxy, nginx) in front of a node, on a free port of loopback, with a configuration of the test's.
/// It ends with the test process, however that ends: a shell between the two kills it when its standard input closes.
/// </summary>
internal sealed class ProxyProgram : IAsyncDisposable
{
    private const int Attempts = 5;
    private const string Script = "\"$@\" </dev/null >output 2>&1 & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null; wait $! 2>/dev/null; exit 0";

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder;
    private readonly Process _shell;

    private ProxyProgram(DirectoryInfo folder, Process shell, int port)
    {
        (_folder, _shell) = (folder, shell);
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>haproxy with one frontend, <c>bind</c> included, and a backend of the given lines.</summary>
    public static Task<ProxyProgram> StartHaproxyAsync(string mode, params string[] backend) => StartAsync("haproxy", ["-db", "-f", "configuration"], port => $"""
        global
          maxconn 100
        defaults
          mode {mode}
          timeout connect 10s
          timeout check 10s
          timeout client 1m
          timeout server 1m
          timeout tunnel 1m
        frontend clients
          bind 127.0.0.1:{port}
          default_backend gateway
        backend gateway
          {string.Join("\n  ", backend)}

        """);

    /// <summary>nginx with one server of the given lines for its location.</summary>
    public static Task<ProxyProgram> StartNginxAsync(params string[] location) =>
        // One process: the shell's signal reaches no workers.
        StartAsync("nginx", ["-p", ".", "-e", "error.log", "-c", "configuration"], port => $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            events { worker_connections 100; }
            http {
              access_log off;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              server {
                listen 127.0.0.1:{{port}};
                location / {
                  {{string.Join("\n      ", location)}}
                }
              }
            }

            """);

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<ProxyProgram> StartAsync(string program, string[] arguments, Func<int, string> configuration)
    {
        // Somebody else may take a port between our looking and the program's binding it.
        for (var attempt = 1; ; attempt++)
        {
            var proxy = await LaunchAsync(Find(program), arguments, configuration, RedisServer.FreePort());
            if (await Eventually.BecomesAsync(proxy.IsListeningAsync, ReadyWithin))
                return proxy;
            var output = await File.ReadAllTextAsync(Path.Combine(proxy._folder.FullName, "output"));
            await proxy.DisposeAsync();
            if (attempt == Attempts)
                throw new InvalidOperationException($"{program} did not listen within {ReadyWithin.TotalSeconds} s: {output}");
        }
    }

    private static async Task<ProxyProgram> LaunchAsync(string program, string[] arguments, Func<int, string> configuration, int port)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-tests-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "configuration"), configuration(port));
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder.FullName, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", Script, "sh", program, .. arguments])
            start.ArgumentList.Add(argument);
        var shell = Process.Start(start)!;
        int.Parse(await shell.StandardOutput.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
        return new ProxyProgram(folder, shell, port);
    }

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(EndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{program} is missing; these tests need it (Debian and Ubuntu: apt-get install {program}).");
}
