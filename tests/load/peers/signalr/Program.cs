using System.Net;
using System.Text.Json;
using Gateway.Load.SignalR;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using StackExchange.Redis;

// usage: Gateway.Load.SignalR [--port N] [--redis ADDRESS --channel NAME]
// A SignalR hub on / of 127.0.0.1. With Redis the hub has its backplane there, and what is published to the channel, JSON, is sent to all
// clients as the argument of "message": through the backplane, as everything that is sent to all of a hub. Ends with SIGTERM.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
    IPAddress.Loopback, builder.Configuration.GetValue("port", 0), listen => listen.Protocols = HttpProtocols.Http1));
// Neither side pings: the load's clients do not, and the other servers are measured without.
var signalR = builder.Services.AddSignalR(hub => hub.KeepAliveInterval = hub.ClientTimeoutInterval = TimeSpan.FromHours(12));
var redis = builder.Configuration["redis"];
if (redis is not null)
    signalR.AddStackExchangeRedis(redis);

await using var app = builder.Build();
app.MapHub<SilentHub>("");
await app.StartAsync();
// Held until the end: the library's own references to a connection are weak, and a collected one delivers nothing more.
await using var link = redis is null ? null : await ConnectionMultiplexer.ConnectAsync(redis);
if (link is not null)
{
    var everyone = app.Services.GetRequiredService<IHubContext<SilentHub>>().Clients.All;
    var channel = await link.GetSubscriber().SubscribeAsync(RedisChannel.Literal(builder.Configuration["channel"]!));
    channel.OnMessage(async message =>
    {
        using var document = JsonDocument.Parse((byte[])message.Message!);
        await everyone.SendAsync("message", document.RootElement);
    });
}

Console.WriteLine("Listening: " + app.Urls.Single());
await app.WaitForShutdownAsync();
