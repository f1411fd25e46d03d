using System.Text;
using System.Text.Json;

namespace Gateway.Load.Reports;

/// <summary>What a scenario found: figures, and checks that each hold or fail.</summary>
internal sealed class Report(string scenario)
{
    private readonly List<(string Name, double Value, string Unit)> _figures = [];
    private readonly List<(string Name, bool Holds, string Detail)> _checks = [];

    public bool Holds => _checks.TrueForAll(check => check.Holds);

    /// <summary>Adds a figure.</summary>
    public void Add(string name, double value, string unit) => _figures.Add((name, value, unit));

    /// <summary>Adds a figure, if it is known.</summary>
    public void Add(string name, double? value, string unit)
    {
        if (value is { } known)
            Add(name, known, unit);
    }

    /// <summary>Adds a check.</summary>
    public void Check(string name, bool holds, string detail) => _checks.Add((name, holds, detail));

    public string ToText()
    {
        var text = new StringBuilder().AppendLine(scenario);
        var width = _figures.Select(figure => figure.Name.Length).Concat(_checks.Select(check => check.Name.Length)).Max();
        foreach (var (name, value, unit) in _figures)
            text.AppendLine($"  {name.PadRight(width)}  {Format(value),14} {unit}");
        foreach (var (name, holds, detail) in _checks)
            text.AppendLine($"  {name.PadRight(width)}  {(holds ? "holds" : "FAILS"),14} {detail}");
        return text.ToString();
    }

    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("scenario", scenario);
            json.WriteBoolean("holds", Holds);
            json.WriteStartObject("figures");
            foreach (var (name, value, unit) in _figures)
                json.WriteNumber($"{name} ({unit})", value);
            json.WriteEndObject();
            json.WriteStartObject("checks");
            foreach (var (name, holds, _) in _checks)
                json.WriteBoolean(name, holds);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Format(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 10 => value.ToString("0.000"),
        < 100 => value.ToString("0.0"),
        _ => value.ToString("#,0"),
    };
}
