using Gateway.Load.Server;

namespace Gateway.Load.Tests.Server;

public class NodeMetricsTests
{
    private const string Scrape = """
        # HELP gateway_connections Connections.
        gateway_connections{otel_scope_name="Gateway",state="open",protocol="plain"} 7 1700000000000
        gateway_connections{otel_scope_name="Gateway",state="closing",protocol="json"} 2 1700000000000
        gateway_closes_total{reason="slow_consumer"} 3
        gateway_closes_total{reason="normal"} 9
        dotnet_gc_last_collection_heap_size_bytes{gc_heap_generation="gen2"} 1000
        dotnet_gc_last_collection_heap_size_bytes{gc_heap_generation="poh"} 500
        """;

    [Fact]
    public void Parse_AScrape_SumsOverLabels()
    {
        var metrics = NodeMetrics.Parse(Scrape);
        Assert.Equal((9, 3, 1500, 500), (metrics.Connections, metrics.SlowConsumers, metrics.HeapBytes, metrics.PinnedBytes));
        Assert.Equal(0, metrics.Rented);
    }
}
