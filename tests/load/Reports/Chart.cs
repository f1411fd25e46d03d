namespace Gateway.Load.Reports;

/// <summary>Lines over the seconds of a run.</summary>
internal sealed record Chart(string Title, string Unit, IReadOnlyList<ChartSeries> Series);

/// <summary>One line: seconds and values.</summary>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
