using Gateway.Configuration;
using Gateway.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateway.Hosting;

/// <summary>
/// Starts the node once the admin side listens, and stops it before the admin side ends: probes and metrics answer for as long as
/// there are clients.
/// </summary>
internal sealed partial class GatewayService(INodeServer node, IServer admin, GatewaySettings settings, ILogger<GatewayService> log)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After every StartAsync, the admin side's among them.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var unknown in settings.Unknown)
            LogUnknown(unknown.Key, unknown.Nearest);
        foreach (var rule in ChannelRuleChecks.FindUnreachable(settings))
            LogUnreachable(rule.Path, rule.Pattern, rule.By, rule.ByPattern);
        var adminAddress = admin.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        LogAdmin(adminAddress);

        await node.StartAsync(cancellationToken);
        foreach (var address in node.EndPoints)
            LogEndpoint(address);
        if (!settings.Gateway.Auth.AllowAnonymous && !settings.Jwt.HasKeys)
            LogNobodyCanConnect();
        if (settings.IsDevelopment)
            LogHints(adminAddress);
    }

    /// <summary>Before every StopAsync: /readyz answers 503 and /metrics still counts while clients are sent away.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await node.StopAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void LogHints(string adminAddress)
    {
        var api = TryIt.Reachable(adminAddress);
        LogConsole(api);
        if (node.EndPoints.Count == 0 || !settings.Gateway.Auth.AllowAnonymous)
            return;
        var client = ClientUrls.Of(node.EndPoints, settings.Gateway)[0];
        var subscribe = TryIt.Wscat(client + "/plain/news");
        LogSubscribe(subscribe);
        LogPublish(api, """{"channel":"news","data":{"hello":"world"}}""");
    }

    [LoggerMessage(3000, LogLevel.Warning, "{Option} is not an option and has no effect; did you mean {Nearest}?")]
    private partial void LogUnknown(string option, string nearest);

    [LoggerMessage(3004, LogLevel.Warning, "{Rule} ('{Pattern}') never decides: {By} ('{ByPattern}') stands before it and is about all its channels. Change their order, or remove it")]
    private partial void LogUnreachable(string rule, string pattern, string by, string byPattern);

    [LoggerMessage(3001, LogLevel.Information, "Admin side, health and metrics: {Address}")]
    private partial void LogAdmin(string address);

    [LoggerMessage(3002, LogLevel.Information, "Listening for clients: {Address}")]
    private partial void LogEndpoint(System.Net.IPEndPoint address);

    [LoggerMessage(3003, LogLevel.Warning, "No client can connect: Gateway:Auth:AllowAnonymous is false and there are no keys to check tokens with. Set it to true to let everybody in, or set one of Gateway:Auth:Jwt:JwksUri, PublicKeyPath, HmacKey and HmacKeyPath")]
    private partial void LogNobodyCanConnect();

    [LoggerMessage(3010, LogLevel.Information, "Console: {Address}")]
    private partial void LogConsole(string address);

    [LoggerMessage(3011, LogLevel.Information, "Subscribe:  {Command}")]
    private partial void LogSubscribe(string command);

    [LoggerMessage(3012, LogLevel.Information, "Publish:    curl -X POST {Address}/api/v1/publish -H 'Content-Type: application/json' -d '{Body}'")]
    private partial void LogPublish(string address, string body);
}
