using System.Text;
using System.Text.Json;

namespace Gateway.Load.Reports;

/// <summary>A report for scripts.</summary>
internal static class JsonReport
{
    public static string Write(Report report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("scenario", report.Title);
            json.WriteBoolean("holds", report.Holds);
            WriteMap(json, "settings", report.Settings, setting => setting.Name, setting => json.WriteStringValue(setting.Value));
            WriteMap(json, "figures", report.Figures, figure => $"{figure.Name} ({figure.Unit})", figure => json.WriteNumberValue(Known(figure.Value)));
            WriteMap(json, "checks", report.Checks, check => check.Name, check => json.WriteBooleanValue(check.Holds));
            WriteMap(json, "details", report.Checks, check => check.Name, check => json.WriteStringValue(check.Detail));
            WriteMap(json, "notes", report.Notes, note => note.Name, note => json.WriteStringValue(note.Text));
            WriteMap(json, "latencies", report.Curves, curve => curve.Name, curve => WriteMap(json, null, curve.Points, point => $"{point.Percent}", point => json.WriteNumberValue(point.Milliseconds)));
            WriteMap(json, "charts", report.Charts, chart => $"{chart.Title} ({chart.Unit})", chart => WriteMap(json, null, chart.Series, series => series.Name, series => WritePoints(json, series)));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteMap<T>(Utf8JsonWriter json, string? name, IEnumerable<T> items, Func<T, string> nameOf, Action<T> writeValue)
    {
        if (name is null)
            json.WriteStartObject();
        else
            json.WriteStartObject(name);
        foreach (var item in items)
        {
            json.WritePropertyName(nameOf(item));
            writeValue(item);
        }

        json.WriteEndObject();
    }

    private static void WritePoints(Utf8JsonWriter json, ChartSeries series)
    {
        json.WriteStartArray();
        foreach (var (x, y) in series.Points)
        {
            json.WriteStartArray();
            json.WriteNumberValue(Math.Round(x, 2));
            json.WriteNumberValue(Math.Round(y, 3));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>JSON knows no infinity.</summary>
    private static double Known(double value) => double.IsFinite(value) ? value : 0;
}
