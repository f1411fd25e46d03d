using System.Text;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The program's log, and who reads it.</summary>
public sealed class LogTests
{
    /// <summary>A terminal that is stopped, or a collector that hangs: the pipe is full, and whoever wrote to it would stand still.</summary>
    [Theory]
    [InlineData("Information")]
    [InlineData("Debug")]
    public async Task Log_NobodyReads_TheNodeServesAndDrains(string level)
    {
        await using var host = await HostProcess.StartAsync("--Logging:Console:MaxQueueLength=16", $"--Logging:LogLevel:Gateway={level}");
        await using var client = await WsClient.OpenJsonAsync(host.EndPoint);
        host.Read(false);

        await Eventually.TrueAsync(async () =>
        {
            var before = await host.MetricAsync("gateway_log_dropped_total");
            for (var i = 0; i < 50; i++)
                (await host.Admin.PostAsync($"/api/v1/users/nobody{i}/disconnect", null)).Dispose(); // a line each
            // Not one more leaves: the pipe is full, and so are the places.
            return await host.MetricAsync("gateway_log_dropped_total") - before >= 50;
        });

        await client.SendTextAsync("""{"type":"ping","id":1}""");
        Assert.Contains("pong", Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Payload), StringComparison.Ordinal);
        await using (var another = await WsClient.OpenJsonAsync(host.EndPoint))
            await another.SubscribeAsync("news");

        await host.SignalAsync("TERM");
        Assert.Equal((1012, "service restart"), await client.ReceiveCloseAsync());
        await client.DisposeAsync();
        await Eventually.TrueAsync(() => host.HasExited);

        host.Read(true);
        Assert.Equal(0, await host.WaitForExitAsync());
    }
}
