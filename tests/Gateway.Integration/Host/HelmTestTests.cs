using System.Net;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The script that <c>helm test</c> runs in a pod tells a release that relays from one that does not.</summary>
public sealed class HelmTestTests
{
    private const string Key = "an-operators-key-of-these-tests";

    private static readonly string Script = Path.Combine(Repository.Root, "deploy", "helm", "files", "test.sh");

    [Fact]
    public async Task Script_ANodeToConnectToAndAnotherToPublish_SaysThatItHasArrived()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync($"--Gateway:Redis:Configuration={redis.Address}");
        await using var other = await StartAsync($"--Gateway:Redis:Configuration={redis.Address}");

        var (exitCode, output) = await RunAsync(other, one.EndPoint);

        Assert.True(exitCode == 0, output);
        Assert.Contains("101", output, StringComparison.Ordinal);
        Assert.Contains("Published and received.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_ARuleThatForbidsTheChannel_FailsAndSaysWhatToSet()
    {
        await using var node = await StartAsync("--Gateway:Rules:0:Pattern=*", "--Gateway:Rules:0:Subscribe=nobody");

        var (exitCode, output) = await RunAsync(node, node.EndPoint);

        Assert.True(exitCode == 1, output);
        Assert.Contains("test.channel", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_NodesThatDoNotSeeEachOther_Fails()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();

        var (exitCode, output) = await RunAsync(other, one.EndPoint, "SECONDS_TO_ARRIVE=2");

        Assert.True(exitCode == 1, output);
        Assert.Contains("nothing has arrived", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_ANodeThatIsNotThere_Fails()
    {
        await using var node = await StartAsync();

        // A port of reserved use (RFC 6335), which nothing listens on here.
        var (exitCode, output) = await RunAsync(node, new IPEndPoint(IPAddress.Loopback, 1));

        Assert.True(exitCode == 1, output);
    }

    [Fact]
    public async Task Script_ClientsThatNeedATokenAndNone_IsContentWithTheRefusalAlone()
    {
        await using var node = await StartAsync("--Gateway:Auth:AllowAnonymous=false", "--Gateway:Auth:Jwt:HmacKey=5b5cd0a3f6f1e8b7c2d94a7e6f1029384756aabbccddeeff");

        var (refused, output) = await RunAsync(node, node.EndPoint, "EXPECT=401");
        Assert.True(refused == 0, output);
        Assert.Contains("received by nobody", output, StringComparison.Ordinal);

        var (expected, more) = await RunAsync(node, node.EndPoint);
        Assert.True(expected == 1, more);
        Assert.Contains("test.existingSecret", more, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_AKeyThatMayNotPublish_Fails()
    {
        await using var node = await StartAsync();

        var (exitCode, output) = await RunAsync(node, node.EndPoint, "PUBLISH_KEY=another-key-than-that-of-the-node");

        Assert.True(exitCode == 1, output);
        Assert.Contains("publishing is answered 401", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_AsAnArgumentOfAPod_HasNothingThatKubernetesWouldReplace() =>
        Assert.DoesNotContain("$$", File.ReadAllText(Script), StringComparison.Ordinal);

    private static async Task<HostProcess> StartAsync(params string[] options)
    {
        var node = await HostProcess.StartAsync([$"--Gateway:Admin:ApiKey={Key}", .. options]);
        await Eventually.TrueAsync(async () => (await node.ReadinessAsync()).Status == HttpStatusCode.OK);
        return node;
    }

    /// <summary>As the chart's pod runs it, with other variables where a test says so.</summary>
    private static async Task<(int ExitCode, string Output)> RunAsync(HostProcess admin, IPEndPoint clients, params string[] variables)
    {
        string[] all =
        [
            $"ADMIN={admin.Admin.BaseAddress!.GetLeftPart(UriPartial.Authority)}", $"PUBLISH_KEY={Key}", $"CLIENTS=http://{clients}",
            "HOST=", "TOKEN=", "CHANNEL=helm-test", "EXPECT=101", .. variables,
        ];
        // The shell tells its exit code in its last line.
        var output = await Tool.RunAsync("sh", "", ["-c", "env \"$@\"; echo $?", "sh", .. all, "sh", Script]);
        var lines = output.TrimEnd().Split('\n');
        var exitCode = lines.Last(line => int.TryParse(line, out _));
        return (int.Parse(exitCode, System.Globalization.CultureInfo.InvariantCulture), output);
    }
}
