using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.Load.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using StackExchange.Redis;

// usage: Gateway.Load.Kestrel [--port N] [--certificate FILE --key FILE] [--redis ADDRESS --channel NAME]
// WebSockets on 127.0.0.1, over TLS with a certificate (PEM): /echo, and /plain/…, whose clients get what is published to the channel in
// Redis. Says "Listening: ADDRESS" when it does; port 0, the default, takes a free one. Ends with SIGTERM.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, builder.Configuration.GetValue("port", 0), listen =>
{
    listen.Protocols = HttpProtocols.Http1; // as the gateway
    if (builder.Configuration["certificate"] is { } certificate)
        listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, builder.Configuration["key"]));
}));

await using var app = builder.Build();
app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
app.Map("/echo", EchoEndpoint.RunAsync);
var fanout = new FanoutEndpoint();
app.Map("/plain/{channel}", fanout.RunAsync);
await using var redis = builder.Configuration["redis"] is { } address ? await ConnectionMultiplexer.ConnectAsync(address) : null;
if (redis is not null)
{
    var channel = await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal(builder.Configuration["channel"]!));
    channel.OnMessage(message => fanout.Publish((byte[])message.Message!)); // one after the other
}

await app.StartAsync();
Console.WriteLine("Listening: " + app.Urls.Single());
await app.WaitForShutdownAsync();
