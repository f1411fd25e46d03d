namespace Gateway.Load.Reports;

/// <summary>What a scenario found: figures, checks that each hold or fail, and what can be drawn.</summary>
/// <param name="title">The scenario and what matters of its settings.</param>
internal sealed class Report(string title)
{
    private readonly List<Figure> _figures = [];
    private readonly List<Verdict> _checks = [];
    private readonly List<(string Name, string Text)> _notes = [];
    private readonly List<LatencyCurve> _curves = [];
    private readonly List<Chart> _charts = []; // the scenario's own first
    private int _own;

    public string Title => title;

    public bool Holds => _checks.TrueForAll(check => check.Holds);

    public IReadOnlyList<Figure> Figures => _figures;

    public IReadOnlyList<Verdict> Checks => _checks;

    /// <summary>What is said in words.</summary>
    public IReadOnlyList<(string Name, string Text)> Notes => _notes;

    public IReadOnlyList<LatencyCurve> Curves => _curves;

    public IReadOnlyList<Chart> Charts => _charts;

    /// <summary>Those that the scenario has drawn.</summary>
    public IEnumerable<Chart> OwnCharts => _charts.Take(_own);

    /// <summary>The command line's options, each with the value that it had.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; set; } = [];

    /// <summary>Adds a figure.</summary>
    public void Add(string name, double value, string unit) => _figures.Add(new Figure(name, value, unit));

    /// <summary>Adds a figure, if it is known.</summary>
    public void Add(string name, double? value, string unit)
    {
        if (value is { } known)
            Add(name, known, unit);
    }

    /// <summary>Adds the percentiles of a latency as figures, and its curve.</summary>
    public void Add(string name, Latency latency)
    {
        Add(name + " p50", latency.Percentile(50), "ms");
        Add(name + " p99", latency.Percentile(99), "ms");
        Add(name + " p99.9", latency.Percentile(99.9), "ms");
        Add(name + " max", latency.Percentile(100), "ms");
        Draw(name, latency);
    }

    /// <summary>Adds a latency's curve.</summary>
    public void Draw(string name, Latency latency) => _curves.Add(new LatencyCurve(name, latency.Count, latency.Curve()));

    /// <summary>Adds a chart of the scenario's own.</summary>
    public void Draw(Chart chart)
    {
        _charts.Insert(_own, chart);
        _own++;
    }

    /// <summary>Adds a chart of what every run is looked at for.</summary>
    public void DrawCommon(Chart chart) => _charts.Add(chart);

    /// <summary>Adds a check.</summary>
    public void Check(string name, bool holds, string detail) => _checks.Add(new Verdict(name, holds, detail));

    /// <summary>Adds something in words.</summary>
    public void Note(string name, string text) => _notes.Add((name, text));
}

internal readonly record struct Figure(string Name, double Value, string Unit)
{
    /// <summary>With as many digits as mean something.</summary>
    public string Text => Math.Abs(Value) switch
    {
        0 => "0",
        < 10 => Value.ToString("0.000"),
        < 100 => Value.ToString("0.0"),
        _ => Value.ToString("#,0"),
    };
}

internal readonly record struct Verdict(string Name, bool Holds, string Detail);

/// <param name="Name">What took the time.</param>
/// <param name="Count">How often.</param>
/// <param name="Points">Percents, and the milliseconds that so many did not pass.</param>
internal sealed record LatencyCurve(string Name, long Count, IReadOnlyList<(double Percent, double Milliseconds)> Points);
