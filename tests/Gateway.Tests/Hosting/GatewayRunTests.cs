using Gateway.Hosting;

namespace Gateway.Tests.Hosting;

public class GatewayRunTests
{
    [Fact]
    public async Task Run_WrongConfiguration_ListsEveryErrorAndExits78()
    {
        var errors = new StringWriter();

        var code = await GatewayRun.RunAsync(
            ["--Gateway:Limits:MaxQueueBytes=12", "--Gateway:Heartbeat:Interval", "soon", "--Gateway:Nod:Name=x", "--Gateway:Auth:AllowAnonymous=true", "oops"], TextWriter.Null, errors);

        Assert.Equal(78, code);
        Assert.Contains("3 errors", errors.ToString());
        Assert.Contains("Gateway:Limits:MaxQueueBytes = \"12\"", errors.ToString());
        Assert.Contains("Gateway:Heartbeat:Interval = \"soon\"", errors.ToString());
        Assert.Contains("oops", errors.ToString());
        Assert.Contains("Gateway:Node:Name", errors.ToString());
    }

    [Fact]
    public async Task Run_Help_PrintsItAndExits0()
    {
        var output = new StringWriter();

        Assert.Equal(0, await GatewayRun.RunAsync(["--help"], output, TextWriter.Null));
        Assert.Contains("Gateway:Limits:MaxQueueBytes", output.ToString());
    }

    [Fact]
    public async Task Run_Version_PrintsItAlone()
    {
        var output = new StringWriter();

        Assert.Equal(0, await GatewayRun.RunAsync(["--version"], output, TextWriter.Null));
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", output.ToString());
    }
}
