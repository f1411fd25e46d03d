using Gateway.Configuration;

namespace Gateway.Tests.Configuration;

public class CommandLineTests
{
    [Fact]
    public void CommandLine_BothForms_SetTheOption()
    {
        var line = CommandLine.Parse(["--Gateway:Redis:Configuration=host:1,password=a=b", "--Gateway:Node:Name", "n1"]);

        Assert.Empty(line.Errors);
        Assert.Equal("host:1,password=a=b", line.Values["gateway:redis:configuration"]);
        Assert.Equal("n1", line.Values["Gateway:Node:Name"]);
    }

    [Theory]
    [InlineData("Gateway:Node:Name=x")]
    [InlineData("--Gateway:Echo:Enabled")]
    [InlineData("--")]
    [InlineData("--=x")]
    public void CommandLine_NotAnOption_IsAnError(string argument) => Assert.Single(CommandLine.Parse([argument]).Errors);

    [Fact]
    public void CommandLine_OptionWithoutValueBeforeAnother_DoesNotSwallowIt()
    {
        var line = CommandLine.Parse(["--Gateway:Echo:Enabled", "--Gateway:Node:Name=x"]);

        Assert.Single(line.Errors);
        Assert.Equal("x", line.Values["Gateway:Node:Name"]);
    }
}
