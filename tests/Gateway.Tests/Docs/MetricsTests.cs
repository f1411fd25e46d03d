using System.Text.RegularExpressions;
using Gateway.Docs;

namespace Gateway.Tests.Docs;

/// <summary>docs/metrics.md says what a node exports, and everything it exports is of use.</summary>
public partial class MetricsTests
{
    private static readonly IReadOnlyList<Metric> Metrics = MetricCatalog.Read();
    private static readonly MetricUsage Usage = MetricUsage.Read();

    [Fact]
    public void Page_IsWhatTheGeneratorWrites() =>
        Assert.Equal(MetricsPage.Write(Metrics, Usage), File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md")));

    [Fact]
    public void Metric_EachOne_HasAUnitAndSaysWhatItMeans()
    {
        Assert.All(Metrics, metric => Assert.NotEmpty(metric.Unit));
        Assert.All(Metrics, metric => Assert.EndsWith(".", metric.Meaning, StringComparison.Ordinal));
        Assert.All(Metrics.SelectMany(metric => metric.Labels), label => Assert.True(label.Values.Count > 0 || label.Meaning.Length > 0));
    }

    [Fact]
    public void Metric_EachOne_IsOnADashboardOrInAnAlert_OrSaysWhyNot() =>
        Assert.All(Metrics, metric => Assert.True(Usage.Of(metric).Any() != MetricUsage.Unused.ContainsKey(metric.Name), metric.Name));

    /// <summary>Prometheus answers a misspelt name with nothing, and a panel or an alert stays silent for ever.</summary>
    [Fact]
    public void Queries_NameOnlyMetricsThatThereAre()
    {
        var names = Metrics.SelectMany(metric => (string[])[metric.Name, metric.Name + "_bucket", metric.Name + "_sum", metric.Name + "_count"]).ToHashSet();
        var named = Usage.Queries.SelectMany(query => Name().Matches(query.Query)).Select(match => match.Value).Distinct().ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, names));
    }

    [GeneratedRegex(@"\bgateway_\w+")]
    private static partial Regex Name();
}
