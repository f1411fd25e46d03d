using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Access;

/// <summary>A backend that is asked over HTTP, and answers as a test says.</summary>
internal sealed class BackendServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private BackendServer(WebApplication app) => _app = app;

    /// <summary>What it does with a question.</summary>
    public Func<JsonElement, HttpContext, Task> Answer { get; set; } = static (_, context) => SayAsync(context, """{"allow":true}""");

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The last question, and its credentials.</summary>
    public (JsonElement Question, string Authorization) Last { get; private set; }

    /// <summary>The last question's length, as its header said; null: it did not.</summary>
    public long? LastLength { get; private set; }

    public string Uri => _app.Urls.Single() + "/authorize";

    public static async Task<BackendServer> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        var server = new BackendServer(builder.Build());
        server._app.Run(async context =>
        {
            var question = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            server.LastLength = context.Request.ContentLength;
            server.Last = (question, context.Request.Headers.Authorization.ToString());
            Interlocked.Increment(ref server._asked);
            await server.Answer(question, context);
        });
        await server._app.StartAsync();
        return server;
    }

    public static Task SayAsync(HttpContext context, string json, int status = 200)
    {
        context.Response.StatusCode = status;
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json)).AsTask();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
