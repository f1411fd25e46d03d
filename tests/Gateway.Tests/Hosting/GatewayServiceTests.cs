using System.Net;
using System.Net.Sockets;
using Gateway.Configuration;
using Gateway.Core;
using Gateway.Core.Transport;
using Gateway.Hosting;
using Gateway.Tests.Admin;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Hosting;

public class GatewayServiceTests
{
    [Fact]
    public async Task Stop_WhileTheNodeStops_AdminSideStillAnswers()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = new FakeNode();
        node.Stopping = () =>
        {
            node.Readiness = new NodeReadiness(false, "stopping");
            stopping.SetResult();
            return release.Task;
        };
        await using var host = await RunningHost.StartAsync(node);

        var stopped = host.App.StopAsync();
        await stopping.Task;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/metrics")).StatusCode);
        Assert.False(stopped.IsCompleted);
        release.SetResult();
        await stopped;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.Client.GetAsync("/livez"));
    }

    [Fact]
    public async Task Start_NodeCannotListen_PassesItsMessageOn()
    {
        var node = new FakeNode { Starting = () => throw new ListenException("port 8080 is in use") };

        var error = await Assert.ThrowsAsync<ListenException>(() => RunningHost.StartAsync(node));

        Assert.Equal("port 8080 is in use", GatewayRun.Explain(error, Settings("127.0.0.1:0")));
    }

    [Fact]
    public async Task Start_AdminPortInUse_IsExplainedByTheOption()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var address = other.LocalEndPoint!.ToString()!;

        var error = await Assert.ThrowsAsync<IOException>(() => RunningHost.StartAsync(("Gateway:Admin:Address", address)));

        Assert.StartsWith("Gateway:Admin:Address = \"" + address, GatewayRun.Explain(error, Settings(address)));
    }

    [Fact]
    public async Task Stop_Deadline_IsAboveTheNodes()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Drain:Timeout", "45s"));

        Assert.True(host.App.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout > TimeSpan.FromSeconds(45));
    }

    [Theory]
    [InlineData("http://[::]:8081", "http://127.0.0.1:8081")]
    [InlineData("http://0.0.0.0:8081", "http://127.0.0.1:8081")]
    [InlineData("http://127.0.0.2:8081", "http://127.0.0.2:8081")]
    public void Hint_Address_CanBeConnectedTo(string listening, string reachable) => Assert.Equal(reachable, TryIt.Reachable(listening));

    [Theory]
    [InlineData("ws://[::]:8080/plain/news", "npx wscat -c ws://127.0.0.1:8080/plain/news")]
    [InlineData("wss://0.0.0.0:8443/realtime/plain/news", "npx wscat --no-check -c wss://127.0.0.1:8443/realtime/plain/news")]
    [InlineData("wss://10.0.0.5:8443/plain/news", "npx wscat --no-check -c wss://10.0.0.5:8443/plain/news")]
    public void Hint_Command_SpeaksTheEndpointsScheme(string url, string command) => Assert.Equal(command, TryIt.Wscat(url));

    private static GatewaySettings Settings(string admin) =>
        Gateway.Tests.Configuration.Bound.Of(("Gateway:Admin:Address", admin)).Settings;
}
