using System.Text.Json;
using Gateway.Docs;

namespace Gateway.Tests.Docs;

/// <summary>The dashboards of deploy/grafana: alike, linked, and each panel explains itself.</summary>
public class DashboardsTests
{
    private const string Selector = "namespace=~\"$namespace\", job=~\"$job\", instance=~\"$instance\"";

    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "grafana");

    public static TheoryData<string> Dashboards => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Fact]
    public void Dashboards_AreFour() => Assert.Equal(["gateway-delivery", "gateway-limits", "gateway-overview", "gateway-redis"], Dashboards.Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_HasItsNameAsUid_AndLinksToTheOthers(string name)
    {
        var dashboard = Read(name);

        Assert.Equal(name, dashboard.GetProperty("uid").GetString());
        Assert.StartsWith("Gateway: ", dashboard.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Contains("gateway", dashboard.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        var link = Assert.Single(dashboard.GetProperty("links").EnumerateArray());
        Assert.Equal("gateway", Assert.Single(link.GetProperty("tags").EnumerateArray()).GetString());
        Assert.True(link.GetProperty("includeVars").GetBoolean() && link.GetProperty("keepTime").GetBoolean());
        Assert.Equal(["datasource", "namespace", "job", "instance"], dashboard.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()));
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Panels_SayWhatIsNormal_AndHaveAUnitAndALegend(string name)
    {
        var panels = Read(name).GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row").ToArray();

        Assert.NotEmpty(panels);
        Assert.All(panels, panel =>
        {
            Assert.True(panel.GetProperty("description").GetString()!.Length >= 60, panel.GetProperty("title").GetString());
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("thresholds").GetProperty("steps").EnumerateArray());
            Assert.All(panel.GetProperty("targets").EnumerateArray(), target => Assert.NotEmpty(target.GetProperty("legendFormat").GetString()!));
        });
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Queries_LookAtTheNodesThatWereChosen(string name)
    {
        var queries = Read(name).GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .Where(query => !query.Contains("ALERTS", StringComparison.Ordinal)); // has labels of its own

        Assert.All(queries, query => Assert.Contains(Selector, query, StringComparison.Ordinal));
    }

    private static JsonElement Read(string name) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Path.Combine(Folder, name + ".json")));
}
