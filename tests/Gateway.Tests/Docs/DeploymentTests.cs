using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.Docs;

namespace Gateway.Tests.Docs;

/// <summary>What the Dockerfile, docker-compose.yml and the chart's schema say of the program and of the repository is true.</summary>
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

    /// <summary>With other bounds the chart takes what no node starts with, or refuses what every node takes.</summary>
    [Fact]
    public void ChartSchema_EveryIntegerOptionThatItNames_HasTheBoundsOfTheOption()
    {
        using var schema = JsonDocument.Parse(Read("deploy/helm/values.schema.json"));
        var (ofOptions, ofSchema) = (new List<string>(), new List<string>());
        foreach (var option in OptionCatalog.Options.Where(option => option.Kind is OptionKind.Number or OptionKind.Size))
        {
            if (option.Rules.OfType<RangeAttribute>().SingleOrDefault() is not { } range)
                continue;

            // Most stand below config by their own names, some below the chart's own sections, such as rules and authorizer.
            var path = option.Name.Split(':')[1..];
            string[][] places = [["config", .. path], path];
            foreach (var place in places)
            {
                if (Find(schema.RootElement, place) is not { } value)
                    continue;

                ofOptions.Add($"{option.Name} {Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture)} {Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture)}");
                ofSchema.Add($"{option.Name} {Member(value, "minimum")} {Member(value, "maximum")}");
            }
        }

        // One of each kind of place, so that none is missed altogether: config, a list's item, a definition's reference.
        string[] named = ["Gateway:Handshake:MaxRequestBytes ", "Gateway:Rules:0:MaxBehindBytes ", "Gateway:Drain:Rate "];
        Assert.All(named, name => Assert.Contains(ofOptions, bounds => bounds.StartsWith(name, StringComparison.Ordinal)));
        Assert.Equal(ofOptions, ofSchema);
    }

    /// <summary>What the schema says of the value at such a path; null where it names none. An item of a list is its <c>0</c>, as in an option's name.</summary>
    private static JsonElement? Find(JsonElement schema, string[] path)
    {
        var found = schema;
        foreach (var part in path)
        {
            var next = part == "0" ? Member(found, "items")
                : Member(found, "properties") is { } properties ? Member(properties, JsonNamingPolicy.CamelCase.ConvertName(part))
                : null;
            if (next is not { } named)
                return null;

            found = Member(named, "$ref") is { } reference ? schema.GetProperty("definitions").GetProperty(reference.GetString()!.Split('/')[^1]) : named;
        }

        return found;
    }

    private static JsonElement? Member(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : null;

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
