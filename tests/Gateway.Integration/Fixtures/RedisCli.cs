using System.Diagnostics;
using System.Globalization;

namespace Gateway.Integration.Fixtures;

/// <summary><c>redis-cli</c>, as a backend's developer would use it.</summary>
internal static class RedisCli
{
    /// <summary>Publishes bytes to a channel of the gateway. Returns how many nodes got them.</summary>
    public static Task<int> PublishAsync(RedisServer redis, string channel, ReadOnlyMemory<byte> payload) => SendAsync(redis, $"gateway:ch:{channel}", payload);

    /// <summary>Sends an envelope. Returns how many nodes got it.</summary>
    public static Task<int> EnvelopeAsync(RedisServer redis, string json) => SendAsync(redis, "gateway:cmd", System.Text.Encoding.UTF8.GetBytes(json));

    private static async Task<int> SendAsync(RedisServer redis, string key, ReadOnlyMemory<byte> payload)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardInput = true, RedirectStandardOutput = true };
        // -x: the last argument is what comes on standard input, any bytes.
        foreach (var argument in (string[])["-p", redis.Port.ToString(CultureInfo.InvariantCulture), "-x", "PUBLISH", key])
            start.ArgumentList.Add(argument);
        using var cli = Process.Start(start)!;
        await cli.StandardInput.BaseStream.WriteAsync(payload);
        cli.StandardInput.Close();
        var answer = await cli.StandardOutput.ReadToEndAsync();
        await cli.WaitForExitAsync();
        return int.Parse(answer, CultureInfo.InvariantCulture);
    }
}
