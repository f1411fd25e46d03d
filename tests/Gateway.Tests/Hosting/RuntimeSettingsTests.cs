using System.Text.Json;

namespace Gateway.Tests.Hosting;

/// <summary>What the project file asks of the runtime reaches the program: a misspelt property is an error nowhere else.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("System.GC.Server", "false")]
    [InlineData("System.GC.Concurrent", "true")]
    [InlineData("System.GC.Gen0MaxBudget", "4194304")]
    public void Program_IsBuiltWithTheCollectorItWasMeasuredWith(string name, string expected)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Gateway.runtimeconfig.json");
        using var settings = JsonDocument.Parse(File.ReadAllBytes(file));
        var properties = settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.Equal(expected, properties.GetProperty(name).GetRawText());
    }
}
