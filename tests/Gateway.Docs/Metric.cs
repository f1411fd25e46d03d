using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Docs;

/// <summary>One instrument, as Prometheus sees it.</summary>
/// <param name="Name">As exported.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c>, <c>histogram</c>.</param>
/// <param name="Unit">As the instrument has it.</param>
/// <param name="Meaning">Its description.</param>
/// <param name="Labels">Its tags.</param>
internal sealed record Metric(string Name, string Type, string Unit, string Meaning, IReadOnlyList<MetricLabel> Labels)
{
    public static Metric Of(Instrument instrument)
    {
        var kind = instrument.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal);
        var type = kind switch
        {
            "Counter" => "counter",
            "Histogram" => "histogram",
            _ => "gauge", // an up-down counter may fall
        };
        var unit = instrument.Unit ?? "";
        var name = instrument.Name.Replace('.', '_');
        if (!name.EndsWith(Suffix(unit), StringComparison.Ordinal))
            name += Suffix(unit);
        if (type == "counter")
            name += "_total";
        return new Metric(name, type, unit, instrument.Description ?? "", MetricLabels.Of(instrument.Name));
    }

    /// <summary>What the exporter makes of a unit; a test compares with what a node exports.</summary>
    private static string Suffix(string unit) => unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ when unit.EndsWith("/s", StringComparison.Ordinal) => "_per_second",
        _ => "",
    };
}
