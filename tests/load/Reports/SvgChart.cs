using System.Globalization;
using System.Net;
using System.Text;

namespace Gateway.Load.Reports;

/// <summary>Lines in an SVG, for an HTML page or a file of its own. Its colours follow the reader's choice of light or dark.</summary>
internal static class SvgChart
{
    /// <summary>What its classes mean.</summary>
    public const string Style = """
        :root { --dim: #666b73; --grid: #d9dce1;
          --c0: #2563c9; --c1: #c2410c; --c2: #15803d; --c3: #9333ea; --c4: #b45309; --c5: #0e7490; --c6: #be185d; --c7: #4d7c0f; }
        @media (prefers-color-scheme: dark) { :root { --dim: #9aa0a9; --grid: #343942;
          --c0: #6ea8fe; --c1: #ff9e64; --c2: #5fd38d; --c3: #c792ea; --c4: #e5b567; --c5: #56c8d8; --c6: #f472b6; --c7: #a3e635; } }
        svg text { font: 11px system-ui, sans-serif; fill: var(--dim); } text.y { text-anchor: end; dominant-baseline: middle; } text.x { text-anchor: middle; }
        .grid { stroke: var(--grid); } .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
        .s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); } .s3 { stroke: var(--c3); }
        .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); } .s6 { stroke: var(--c6); } .s7 { stroke: var(--c7); }
        """;

    // After which they begin anew.
    private const int Colours = 8;

    private const double Width = 720;
    private const double Height = 260;
    private const double Left = 70;
    private const double Right = 24;
    private const double Top = 12;
    private const double Bottom = 34;
    private const int Lines = 4;

    private static readonly double[] Steps = [1, 2, 4, 6, 8, 10];

    /// <summary>Values over seconds, from zero on.</summary>
    public static string OverTime(Chart chart)
    {
        var points = chart.Series.SelectMany(series => series.Points).ToList();
        if (points.Count == 0)
            return "";
        var (from, to) = (points.Min(point => point.X), points.Max(point => point.X));
        var most = Rounded(points.Max(point => point.Y));
        return Draw(
            chart.Series,
            new Axis([.. Enumerable.Range(0, Lines + 1).Select(i => from + ((to - from) * i / Lines))], value => Share(value - from, to - from), value => $"{value:0.#} s"),
            new Axis([.. Enumerable.Range(0, Lines + 1).Select(i => most * i / Lines)], value => Share(value, most), value => $"{Short(value)}"),
            chart.Unit);
    }

    /// <summary>Values over seconds, as an image that needs nothing else.</summary>
    public static string File(Chart chart)
    {
        var svg = OverTime(chart);
        var lines = svg[svg.IndexOf('\n', StringComparison.Ordinal)..svg.IndexOf("</svg>", StringComparison.Ordinal)];
        var each = (Width - Left) / Math.Max(1, chart.Series.Count);
        var legend = chart.Series.Select((series, i) =>
            $"<line class=\"line s{i % Colours}\" x1=\"{Text(Left + (i * each))}\" x2=\"{Text(Left + (i * each) + 14)}\" y1=\"{Text(Height + 2)}\" y2=\"{Text(Height + 2)}\"/>"
            + $"<text x=\"{Text(Left + (i * each) + 18)}\" y=\"{Text(Height + 6)}\">{WebUtility.HtmlEncode(series.Name)}</text>");
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -24 {Text(Width)} {Text(Height + 40)}" role="img">
            <title>{WebUtility.HtmlEncode(chart.Title)}</title>
            <style>
            {Style}
            </style>
            <text x="{Text(Left)}" y="-8">{WebUtility.HtmlEncode(chart.Title)}</text>{lines}{string.Join('\n', legend)}
            </svg>

            """;
    }

    /// <summary>Milliseconds over percentiles, both by powers of ten: each step to the right is a tenth of the messages.</summary>
    public static string OfLatency(IReadOnlyList<LatencyCurve> curves)
    {
        const double floor = 0.001;
        var points = curves.SelectMany(curve => curve.Points).ToList();
        if (points.Count == 0)
            return "";
        var nines = Math.Ceiling(points.Where(point => point.Percent < 100).Select(point => Nines(point.Percent)).DefaultIfEmpty(1).Max());
        var from = Math.Floor(Math.Log10(Math.Max(floor, points.Min(point => point.Milliseconds))));
        var to = Math.Max(from + 1, Math.Ceiling(Math.Log10(Math.Max(floor, points.Max(point => point.Milliseconds)))));
        return Draw(
            [.. curves.Select(curve => new ChartSeries(curve.Name, [.. curve.Points.Select(point => (point.Percent, Math.Max(floor, point.Milliseconds)))]))],
            new Axis([0, 50, .. Enumerable.Range(1, (int)nines).Select(i => 100 - (100 * Math.Pow(10, -i))), 100], percent => Math.Min(1, Nines(percent) / (nines + 0.5)), percent => percent >= 100 ? "max" : $"{percent:0.#####} %"),
            new Axis([.. Enumerable.Range((int)from, (int)(to - from) + 1).Select(power => Math.Pow(10, power))], value => (Math.Log10(value) - from) / (to - from), value => $"{value:0.###}"),
            "ms");
    }

    private static string Draw(IReadOnlyList<ChartSeries> series, Axis x, Axis y, string unit)
    {
        var svg = new StringBuilder($"<svg viewBox=\"0 0 {Text(Width)} {Text(Height)}\" role=\"img\">\n");
        foreach (var mark in y.Marks)
        {
            var at = Text(YOf(y, mark));
            svg.AppendLine($"<line class=\"grid\" x1=\"{Text(Left)}\" x2=\"{Text(Width - Right)}\" y1=\"{at}\" y2=\"{at}\"/><text class=\"y\" x=\"{Text(Left - 6)}\" y=\"{at}\">{y.Format(mark)}</text>");
        }

        foreach (var mark in x.Marks)
            svg.AppendLine($"<text class=\"x\" x=\"{Text(XOf(x, mark))}\" y=\"{Text(Height - Bottom + 18)}\">{x.Format(mark)}</text>");
        svg.AppendLine($"<text class=\"unit\" x=\"4\" y=\"{Text(Top + 4)}\">{WebUtility.HtmlEncode(unit)}</text>");
        for (var i = 0; i < series.Count; i++)
        {
            var line = string.Join(' ', series[i].Points.Select(point => $"{Text(XOf(x, point.X))},{Text(YOf(y, point.Y))}"));
            svg.AppendLine($"<polyline class=\"line s{i % Colours}\" points=\"{line}\"/>");
        }

        svg.AppendLine("</svg>").Append("<p class=\"legend\">");
        for (var i = 0; i < series.Count; i++)
            svg.Append($"<span class=\"s{i % Colours}\">{WebUtility.HtmlEncode(series[i].Name)}</span> ");
        return svg.AppendLine("</p>").ToString();
    }

    private static double XOf(Axis axis, double value) => Left + (axis.Place(value) * (Width - Left - Right));

    private static double YOf(Axis axis, double value) => Height - Bottom - (axis.Place(value) * (Height - Top - Bottom));

    /// <summary>1 for 90 %, 2 for 99 %; the maximum stands behind all.</summary>
    private static double Nines(double percent) => percent >= 100 ? double.MaxValue : -Math.Log10(1 - (percent / 100));

    private static double Share(double part, double whole) => whole <= 0 ? 0 : part / whole;

    /// <summary>The next of 1, 2, 4 times a power of ten, so that quarters of it are short.</summary>
    private static double Rounded(double value)
    {
        if (value <= 0)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return Steps.Select(step => step * power).First(step => step >= value * 0.999999);
    }

    private static string Short(double value) => value switch
    {
        >= 1e6 => $"{value / 1e6:0.##} M",
        >= 1e4 => $"{value / 1e3:0.#} k",
        _ => $"{value:0.###}",
    };

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <param name="Marks">Values with a label.</param>
    /// <param name="Place">Where a value stands, 0 to 1.</param>
    /// <param name="Format">A label's text.</param>
    private sealed record Axis(IReadOnlyList<double> Marks, Func<double, double> Place, Func<double, string> Format);
}
