using System.Globalization;
using System.Net;
using System.Text;

namespace Gateway.Load.Reports;

/// <summary>Lines in an SVG that stands in an HTML page; its colours are the page's CSS classes.</summary>
internal static class SvgChart
{
    private const double Width = 720;
    private const double Height = 260;
    private const double Left = 70;
    private const double Right = 12;
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
            svg.AppendLine($"<polyline class=\"line s{i % HtmlReport.Colours}\" points=\"{line}\"/>");
        }

        svg.AppendLine("</svg>").Append("<p class=\"legend\">");
        for (var i = 0; i < series.Count; i++)
            svg.Append($"<span class=\"s{i % HtmlReport.Colours}\">{WebUtility.HtmlEncode(series[i].Name)}</span> ");
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
