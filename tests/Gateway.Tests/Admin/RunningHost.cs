using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Core;
using Gateway.Core.Investigation;
using Gateway.Core.Relay;
using Gateway.Core.Removal;
using Gateway.Core.Rules;
using Gateway.Hosting;
using Gateway.Tests.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Gateway.Tests.Admin;

/// <summary>The whole host over a fake node, its admin side on a free port.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private RunningHost(WebApplication app, FakeNode node)
    {
        App = app;
        Node = node;
        var address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{address.Port}") };
    }

    public WebApplication App { get; }

    public FakeNode Node { get; }

    public HttpClient Client { get; }

    /// <summary>All that was logged, at the levels of the configuration.</summary>
    public FakeLogCollector Log => App.Services.GetFakeLogCollector();

    /// <summary>What was logged of operators' actions, and of those who were not let in.</summary>
    public IReadOnlyList<string> Audit() => [.. Log.GetSnapshot().Where(line => line.Id.Id is 3110 or 3111).Select(line => line.Message)];

    public static async Task<RunningHost> StartAsync(params (string Key, string? Value)[] options) =>
        await StartAsync(new FakeNode(), options);

    public static Task<RunningHost> StartAsync(FakeNode node, params (string Key, string? Value)[] options) => StartAsync(node, TimeProvider.System, options);

    public static async Task<RunningHost> StartAsync(FakeNode node, TimeProvider time, params (string Key, string? Value)[] options)
    {
        var (settings, errors) = Bound.Of([("Gateway:Admin:Address", "127.0.0.1:0"), ("Logging:LogLevel:Default", "None"), .. options]);
        Assert.Empty(errors);
        // The collector alone: what the host says is looked at here, and would bury what the tests say.
        var app = GatewayHost.Build(settings, services => services
            .AddSingleton<INodeStatus>(node).AddSingleton<INodeServer>(node).AddSingleton<IPublisher>(node)
            .AddSingleton<IInvestigator>(node).AddSingleton<IRemovals>(node).AddSingleton<IRuleBook>(node).AddSingleton(time)
            .AddLogging(logging => logging.ClearProviders().AddFakeLogging()));
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new RunningHost(app, node);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) => PostAsync(path, Encoding.UTF8.GetBytes(json));

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? contentType = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return Client.PostAsync(path, content);
    }

    /// <summary>Asserts problem details (RFC 9457) of a status and returns them.</summary>
    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("detail").GetString()));
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}
