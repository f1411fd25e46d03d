using System.Net;
using Gateway.Tests.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Gateway.Integration.Access;

/// <summary>An issuer's JWK Set, on a free port of loopback: its keys change, and it goes away and comes back.</summary>
internal sealed class JwksServer : IAsyncDisposable
{
    private WebApplication? _app;
    private int _port;
    private int _requests;
    private volatile string _body = "";

    /// <summary>Requests that came.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public string Uri => $"http://127.0.0.1:{_port}/keys";

    /// <summary>Awaited before each answer.</summary>
    public Func<Task> Answering { get; set; } = static () => Task.CompletedTask;

    public static async Task<JwksServer> StartAsync(params TokenIssuer[] issuers)
    {
        var server = new JwksServer();
        server.Publish(issuers);
        await server.ComeBackAsync();
        return server;
    }

    public void Publish(params TokenIssuer[] issuers) => _body = TokenIssuer.JwkSet(issuers);

    public void PublishRaw(string body) => _body = body;

    public async Task GoAwayAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _app = null;
    }

    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        _app = builder.Build();
        _app.Run(async context =>
        {
            Interlocked.Increment(ref _requests);
            await Answering();
            await context.Response.WriteAsync(_body);
        });
        await _app.StartAsync();
        _port = new Uri(_app.Urls.Single()).Port; // the same from now on
    }

    public async ValueTask DisposeAsync() => await GoAwayAsync();
}
