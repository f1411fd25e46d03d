using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.Docs;

namespace Gateway.Tests.Docs;

/// <summary>What the Dockerfile and docker-compose.yml say of the program and of the repository is true.</summary>
public partial class DeploymentTests
{
    private static readonly string Compose = Read("docker-compose.yml");

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("docker-compose.yml")]
    public void Environment_EveryVariable_IsAnOption(string file)
    {
        var options = OptionCatalog.Options.Select(option => option.Name.Replace(":", "__", StringComparison.Ordinal)).ToHashSet();
        var variables = Variable().Matches(Read(file)).Select(match => match.Value).ToArray();

        Assert.NotEmpty(variables);
        Assert.All(variables, variable => Assert.Contains(variable, options));
    }

    [Fact]
    public void Compose_EveryMountedFile_IsInTheRepository()
    {
        var mounted = Mount().Matches(Compose).Select(match => Path.Combine(Repository.Root, match.Groups[1].Value)).ToArray();

        Assert.NotEmpty(mounted);
        Assert.All(mounted, path => Assert.True(Path.Exists(path), path));
    }

    [Fact]
    public void Compose_EveryNode_IsScraped()
    {
        var nodes = Node().Matches(Compose).Select(match => match.Groups[1].Value).ToArray();
        var scraped = Read("deploy/compose/prometheus.yml");

        Assert.True(nodes.Length >= 2);
        Assert.All(nodes, node => Assert.Contains($"\"{node}:8081\"", scraped));
    }

    [Fact]
    public void Dockerfile_EveryFileItCopies_IsLetIntoTheBuild()
    {
        var ignored = Read(".dockerignore").Split('\n');
        var copied = Copy().Matches(Read("Dockerfile")).SelectMany(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();

        Assert.NotEmpty(copied);
        Assert.All(copied, path => Assert.Contains(ignored, line => line.StartsWith('!') && (path + "/").StartsWith(line[1..].TrimEnd('/') + "/", StringComparison.Ordinal)));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex("Gateway__[A-Za-z0-9_]+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"- \./([^:\s]+):")]
    private static partial Regex Mount();

    [GeneratedRegex(@"^  (gateway-\d+):", RegexOptions.Multiline)]
    private static partial Regex Node();

    // All that stands in front of the last word, which is where it goes.
    [GeneratedRegex(@"^COPY (?!--)(.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();
}
