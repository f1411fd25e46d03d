using System.Text;
using Gateway.Core.Telemetry;

namespace Gateway.Docs;

/// <summary>docs/metrics.md.</summary>
internal static class MetricsPage
{
    private const string Head =
        """
        # Metrics

        Written by `dotnet run --project tests/Gateway.Docs` from the instruments in the code, the dashboards and the alerts.

        `/metrics` on the admin side serves the node's metrics (meter `Gateway`) and the .NET runtime's (meter `System.Runtime`, names beginning
        with `dotnet_`). Labels come from closed sets: never a channel, a user or an address. A counter's series are there from the start, at
        zero, so that its first event is an increase; so are a gauge's, and they stay when nothing is left to count.

        Histograms have explicit buckets: the exporter writes no native ones, whatever Prometheus asks for. The instruments choose them, from
        0.1 ms to 10 s for times, and from 1 to 256 for batches of frames.

        The format is Prometheus' text, whatever the scraper asks for, and so there are no series `_created`. Of the runtime's metrics
        two are left out, which it calls counters and which are none: `gateway_thread_pool_threads` and `gateway_thread_pool_waiting`
        stand in their place.

        Prometheus adds the labels of the target: `job` and `instance`, which the chart sets to the pod's name, and `namespace`, `pod` and
        `service` in Kubernetes. `otel_scope_name` is the meter's name.

        """;

    public static string Write(IReadOnlyList<Metric> metrics, MetricUsage usage)
    {
        var page = new StringBuilder(Head).AppendLine();
        page.AppendLine("| metric | type | unit | labels | meaning | used by |").AppendLine("|---|---|---|---|---|---|");
        foreach (var metric in metrics)
            page.AppendLine(Row(metric, usage));
        page.AppendLine().AppendLine("## Labels").AppendLine();
        page.AppendLine("| metric | label | values |").AppendLine("|---|---|---|");
        foreach (var metric in metrics)
        {
            foreach (var label in metric.Labels)
                page.AppendLine($"| `{metric.Name}` | `{label.Name}` | {Values(label)} |");
        }

        return page.ToString();
    }

    public static string Row(Metric metric, MetricUsage usage)
    {
        var labels = string.Join(", ", metric.Labels.Select(label => $"`{label.Name}`"));
        var users = string.Join(", ", usage.Of(metric));
        if (users.Length == 0 && MetricUsage.Unused.TryGetValue(metric.Name, out var reason))
            users = $"nothing: {reason}";
        return $"| `{metric.Name}` | {metric.Type} | `{metric.Unit}` | {labels} | {metric.Meaning} | {users} |";
    }

    private static string Values(MetricLabel label) =>
        label.Values.Count == 0 ? label.Meaning : string.Join(", ", label.Values.Select(value => $"`{value}`"));
}
