using System.Text.RegularExpressions;

namespace Gateway.Docs;

/// <summary>Where metrics are used: the queries of <c>deploy/grafana</c>, and the expressions of <c>deploy/prometheus</c>.</summary>
/// <param name="Queries">Each with the dashboard or the alert that it stands in.</param>
internal sealed partial record MetricUsage(IReadOnlyList<(string User, string Query)> Queries)
{
    /// <summary>Metrics that stand on no dashboard and in no alert, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Unused = new Dictionary<string, string>();

    public static MetricUsage Read()
    {
        var deploy = Path.Combine(Repository.Root, "deploy");
        var dashboards = Directory.EnumerateFiles(Path.Combine(deploy, "grafana"), "*.json")
            .Select(file => (Path.GetFileNameWithoutExtension(file), string.Join('\n', Expression().Matches(File.ReadAllText(file)).Select(match => match.Value))));
        var alerts = Alert().Matches(File.ReadAllText(Path.Combine(deploy, "prometheus", "rules.yaml")))
            .Select(match => (match.Groups["name"].Value, match.Groups["expression"].Value));
        return new MetricUsage([.. dashboards.Concat(alerts).OrderBy(user => user.Item1, StringComparer.Ordinal)]);
    }

    /// <summary>The dashboards and alerts that use a metric.</summary>
    public IEnumerable<string> Of(Metric metric)
    {
        var name = new Regex($@"\b{metric.Name}(_bucket|_sum|_count)?\b");
        return Queries.Where(query => name.IsMatch(query.Query)).Select(query => query.User);
    }

    [GeneratedRegex("\"expr\": *\"(\\\\.|[^\"\\\\])*\"")]
    private static partial Regex Expression();

    [GeneratedRegex(@"- alert: (?<name>\w+)\n\s+expr: (?<expression>.*?)\n\s+(for|labels):", RegexOptions.Singleline)]
    private static partial Regex Alert();
}
