using System.Globalization;

namespace Gateway.Load.Server;

/// <summary>A scrape of <c>/metrics</c>: what a scenario checks.</summary>
internal sealed class NodeMetrics
{
    private readonly List<(string Series, double Value)> _samples = [];

    /// <summary>Connections, whatever their state and protocol.</summary>
    public double Connections => Sum("gateway_connections{");

    /// <summary>Rentals of all pools that have not been returned.</summary>
    public double Rented => Sum("gateway_buffers_rented{");

    /// <summary>System calls that sent something.</summary>
    public double Sends => Sum("gateway_sends_total");

    public double Subscriptions => Sum("gateway_subscriptions");

    /// <summary>Connections that were closed as slow consumers.</summary>
    public double SlowConsumers => _samples.Where(IsSlowConsumer).Sum(sample => sample.Value);

    /// <summary>Bytes in outbound queues.</summary>
    public double QueueBytes => Sum("gateway_queue_bytes");

    /// <summary>Publications replaced by newer ones of the same key.</summary>
    public double Conflated => Sum("gateway_deliveries_conflated_total");

    /// <summary>Distinct channels on the node.</summary>
    public double Channels => Sum("gateway_channels");

    /// <summary>0: normal; 1: sheds; 2: refuses upgrades; 3: refuses publications.</summary>
    public double MemoryStage => Sum("gateway_memory_stage");

    /// <summary>Bytes that wait for clients, each frame once.</summary>
    public double WaitingBytes => Sum("gateway_memory_waiting_bytes");

    /// <summary>Bytes that connections own for as long as they stay; 0: the node does not tell.</summary>
    public double HeldBytes => Sum("gateway_memory_held_bytes");

    /// <summary>Memory that the node keeps within.</summary>
    public double BudgetBytes => Sum("gateway_memory_budget_bytes");

    /// <summary>Bytes that count against the memory limit.</summary>
    public double UsedBytes => Sum("gateway_memory_used_bytes");

    /// <summary>Connections whose backlog was given up.</summary>
    public double Shed => Sum("gateway_memory_shed_connections_total");

    /// <summary>Times clients reached a limit, by its label.</summary>
    public double Reached(string limit) => _samples
        .Where(sample => sample.Series.StartsWith("gateway_limits_reached_total{", StringComparison.Ordinal) && sample.Series.Contains($"limit=\"{limit}\"", StringComparison.Ordinal))
        .Sum(sample => sample.Value);

    /// <summary>Publications that were not delivered, for one reason.</summary>
    public double Dropped(string reason) => _samples
        .Where(sample => sample.Series.StartsWith("gateway_deliveries_dropped_total{", StringComparison.Ordinal) && sample.Series.Contains($"reason=\"{reason}\"", StringComparison.Ordinal))
        .Sum(sample => sample.Value);

    /// <summary>The managed heap as the last collection left it.</summary>
    public double HeapBytes => Sum("dotnet_gc_last_collection_heap_size_bytes{");

    /// <summary>The part of it that is pinned: the threads' blocks, and those of pending sends.</summary>
    public double PinnedBytes => _samples
        .Where(sample => sample.Series.StartsWith("dotnet_gc_last_collection_heap_size_bytes{", StringComparison.Ordinal) && sample.Series.Contains("\"poh\"", StringComparison.Ordinal))
        .Sum(sample => sample.Value);

    /// <summary>Collections of the oldest generation.</summary>
    public double FullCollections => _samples
        .Where(sample => sample.Series.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal) && sample.Series.Contains("\"gen2\"", StringComparison.Ordinal))
        .Sum(sample => sample.Value);

    public static NodeMetrics Parse(string exposition)
    {
        var metrics = new NodeMetrics();
        foreach (var line in exposition.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var labelsEnd = Math.Max(line.IndexOf('}', StringComparison.Ordinal), 0);
            var space = line.IndexOf(' ', labelsEnd);
            var value = line[(space + 1)..].Split(' ')[0];
            if (space > 0 && double.TryParse(value, CultureInfo.InvariantCulture, out var number))
                metrics._samples.Add((line[..space], number));
        }

        return metrics;
    }

    private static bool IsSlowConsumer((string Series, double Value) sample) =>
        sample.Series.StartsWith("gateway_closes_total{", StringComparison.Ordinal)
        && sample.Series.Contains("reason=\"slow_consumer\"", StringComparison.Ordinal);

    private double Sum(string start) => _samples.Where(sample => sample.Series.StartsWith(start, StringComparison.Ordinal)).Sum(sample => sample.Value);
}
