using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>What the console is made of is what it says it is.</summary>
public sealed class ConsoleFilesTests
{
    private static readonly string Vendor = Path.Combine(Repository.Root, "src", "Gateway", "Console", "vendor");
    private static readonly string Package = Path.Combine(Repository.Root, "tests", "clients", "node_modules", "uplot");

    [Theory]
    [InlineData("uPlot.iife.min.js", "dist/uPlot.iife.min.js")]
    [InlineData("uPlot.min.css", "dist/uPlot.min.css")]
    [InlineData("uPlot.LICENSE", "LICENSE")]
    public async Task Uplot_InTheConsole_IsThePackages(string file, string original) =>
        Assert.Equal(await DigestAsync(Path.Combine(Package, original)), await DigestAsync(Path.Combine(Vendor, file)));

    [Fact]
    public async Task Uplot_Version_IsNamedBesideIt()
    {
        var package = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Package, "package.json")));

        Assert.Contains($" {package.GetProperty("version").GetString()},", await File.ReadAllTextAsync(Path.Combine(Vendor, "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gateway.js", "clients/javascript/gateway.js")]
    [InlineData("lib/connection.js", "clients/javascript/lib/connection.js")]
    [InlineData("vendor/uPlot.iife.min.js", "src/Gateway/Console/vendor/uPlot.iife.min.js")]
    public async Task File_OfTheConsole_IsServedAsItStandsInTheSources(string path, string source)
    {
        await using var host = await HostProcess.StartAsync();

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, source)), await host.Admin.GetByteArrayAsync(path));
    }

    private static async Task<string> DigestAsync(string path) => Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(path)));
}
