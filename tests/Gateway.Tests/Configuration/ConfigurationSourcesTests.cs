using Gateway.Configuration;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Configuration;

public class ConfigurationSourcesTests
{
    [Fact]
    public void Sources_TheSameOptionEverywhere_LaterWins()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-tests");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "appsettings.json"), """{"Gateway":{"Node":{"Name":"file"},"BasePath":"/file","Limits":{"MaxSubscriptions":1,"MaxConnections":1}}}""");
            File.WriteAllText(Path.Combine(folder.FullName, "appsettings.Test.json"), """{"Gateway":{"BasePath":"/test","Limits":{"MaxSubscriptions":2,"MaxConnections":2}}}""");
            var environment = new Dictionary<string, string?> { ["Gateway:Limits:MaxSubscriptions"] = "3", ["Gateway:Limits:MaxConnections"] = "3" };
            var line = CommandLine.Parse(["--Gateway:Limits:MaxConnections=4"]);

            var configuration = ConfigurationSources.Build(line, "Test", [folder.FullName], sources => sources.AddInMemoryCollection(environment));

            Assert.Equal("file", configuration["Gateway:Node:Name"]);
            Assert.Equal("/test", configuration["Gateway:BasePath"]);
            Assert.Equal("3", configuration["Gateway:Limits:MaxSubscriptions"]);
            Assert.Equal("4", configuration["Gateway:Limits:MaxConnections"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("2147483648", 2L << 30)]
    [InlineData("3221225472", 3L << 30)]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("1TiB", 1L << 40)]
    public void Sources_ABudgetThatNoIntHolds_IsTakenFromEach(string value, long bytes)
    {
        const string Prefix = "GATEWAY_TESTS_BUDGET_", Variable = Prefix + "Gateway__Memory__BudgetBytes";
        var folder = Directory.CreateTempSubdirectory("gateway-tests");
        try
        {
            // As a number where JSON has it so, else as a text.
            var json = char.IsAsciiDigit(value[^1]) ? value : $"\"{value}\"";
            File.WriteAllText(Path.Combine(folder.FullName, "appsettings.json"), """{"Gateway":{"Memory":{"BudgetBytes":""" + json + "}}}");
            var nothing = CommandLine.Parse([]);

            var file = ConfigurationSources.Build(nothing, "Test", [folder.FullName], _ => { });
            Environment.SetEnvironmentVariable(Variable, value);
            var environment = ConfigurationSources.Build(nothing, "Test", [], sources => sources.AddEnvironmentVariables(Prefix));
            var line = ConfigurationSources.Build(CommandLine.Parse([$"--Gateway:Memory:BudgetBytes={value}"]), "Test", [], _ => { });

            foreach (var configuration in (IConfigurationRoot[])[file, environment, line])
            {
                var (settings, errors) = GatewaySettings.Bind(configuration, "Test");
                Assert.DoesNotContain(errors, error => error.Option.StartsWith("Gateway:Memory", StringComparison.Ordinal));
                Assert.Equal(bytes, settings.Gateway.Memory.BudgetBytes);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("development", true)]
    [InlineData("Production", false)]
    public void Sources_AllowAnonymous_DefaultsToTheEnvironment(string environment, bool allowed)
    {
        var configuration = ConfigurationSources.Build(CommandLine.Parse([]), environment, [], _ => { });

        Assert.Equal(allowed, GatewaySettings.Bind(configuration, environment).Settings.Gateway.Auth.AllowAnonymous);
    }

    [Fact]
    public void Sources_EnvironmentOnTheCommandLine_Wins() =>
        Assert.Equal("Staging", ConfigurationSources.EnvironmentName(CommandLine.Parse(["--environment=Staging"])));
}
