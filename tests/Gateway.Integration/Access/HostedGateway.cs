using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Core;
using Gateway.Core.Telemetry;
using Gateway.Hosting;
using Gateway.Integration.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Access;

/// <summary>The whole program in this process, its configuration a file of its own that a test may change.</summary>
internal sealed class HostedGateway : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-").FullName;
    private WebApplication _app = null!;

    public GatewayNode Node => _app.Services.GetRequiredService<GatewayNode>();

    public GatewayMetrics Metrics => _app.Services.GetRequiredService<GatewayMetrics>();

    public IPEndPoint EndPoint => _app.Services.GetRequiredService<GatewayServer>().EndPoints[0];

    public HttpClient Admin { get; private set; } = null!;

    public LogRecorder Logs { get; } = new();

    /// <summary>The least that is logged of the gateway's own.</summary>
    public LogLevel Level
    {
        get
        {
            var log = _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Core");
            return Enum.GetValues<LogLevel>().First(log.IsEnabled);
        }
    }

    public static async Task<HostedGateway> StartAsync(string rules, string more = "")
    {
        var gateway = new HostedGateway();
        gateway.Write(rules, more);
        var configuration = ConfigurationSources.Build(CommandLine.Parse([]), "Test", [gateway._folder], static _ => { });
        var (settings, errors) = GatewaySettings.Bind(configuration, "Test");
        Assert.Empty(errors);
        gateway._app = GatewayHost.Build(settings, services => services.AddSingleton<ILoggerProvider>(gateway.Logs));
        await gateway._app.StartAsync();
        gateway.Admin = new HttpClient { BaseAddress = new Uri(gateway._app.Urls.Single()) };
        return gateway;
    }

    /// <summary>Replaces the file, as an editor or a mounted ConfigMap does: by another one in its place.</summary>
    public void Write(string rules, string more = "", string level = "Information")
    {
        var next = Path.Combine(_folder, "next");
        File.WriteAllText(next, $$"""
            {
              "Logging": { "LogLevel": { "Default": "Information", "Gateway": "{{level}}" }, "Console": { "LogLevel": { "Default": "None" } } },
              "Gateway": {
                "Endpoints": [ { "Address": "127.0.0.1:0" } ],
                "Admin": { "Address": "127.0.0.1:0" },
                "Auth": { "AllowAnonymous": true },
                {{more}}
                "Rules": {{rules}}
              }
            }
            """);
        File.Move(next, Path.Combine(_folder, "appsettings.json"), overwrite: true);
    }

    public async Task<JsonElement> ExplainAsync(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var response = await Admin.PostAsync(new Uri("/api/v1/rules/explain", UriKind.Relative), content);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
