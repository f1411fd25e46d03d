using System.Diagnostics;
using System.Globalization;

namespace Gateway.Integration.Fixtures;

/// <summary><c>redis-cli</c>, as a backend's developer would use it.</summary>
internal static class RedisCli
{
    /// <summary>Publishes bytes to a channel of the gateway. Returns how many nodes got them.</summary>
    public static async Task<int> PublishAsync(RedisServer redis, string channel, ReadOnlyMemory<byte> payload)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardInput = true, RedirectStandardOutput = true };
        // -x: the last argument is what comes on standard input, any bytes.
        foreach (var argument in (string[])["-p", redis.Port.ToString(CultureInfo.InvariantCulture), "-x", "PUBLISH", $"gateway:ch:{channel}"])
            start.ArgumentList.Add(argument);
        using var cli = Process.Start(start)!;
        await cli.StandardInput.BaseStream.WriteAsync(payload);
        cli.StandardInput.Close();
        var answer = await cli.StandardOutput.ReadToEndAsync();
        await cli.WaitForExitAsync();
        return int.Parse(answer, CultureInfo.InvariantCulture);
    }
}
