using System.Net;
using System.Text;

namespace Gateway.Load.Reports;

/// <summary>A report in one file that refers to nothing outside of itself: it can be mailed, or kept as a pipeline's artifact.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --text: #1c1e21; --back: #fff; --card: #f5f6f8; --good: #18794e; --bad: #c4291c; }
        @media (prefers-color-scheme: dark) { :root { --text: #e4e6ea; --back: #14161a; --card: #1d2026; --good: #4cc38a; --bad: #ff6b5e; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
        table { border-collapse: collapse; width: 100%; } td { padding: .2rem .6rem; border-bottom: 1px solid var(--grid); vertical-align: top; }
        td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .dim, .legend { color: var(--dim); }
        .good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
        figure { margin: 0; background: var(--card); border-radius: 8px; padding: .8rem; } svg { width: 100%; height: auto; display: block; }
        .legend { margin: .3rem 0 0; } .legend span { margin-right: 1.2rem; } .legend span::before { content: "━ "; }
        .legend .s0 { color: var(--c0); } .legend .s1 { color: var(--c1); } .legend .s2 { color: var(--c2); } .legend .s3 { color: var(--c3); }
        .legend .s4 { color: var(--c4); } .legend .s5 { color: var(--c5); } .legend .s6 { color: var(--c6); } .legend .s7 { color: var(--c7); }
        """;

    public static string Write(Report report)
    {
        var html = new StringBuilder();
        html.AppendLine("<!doctype html>").AppendLine("<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        html.AppendLine($"<title>{Encode(report.Title)}</title>").AppendLine($"<style>\n{SvgChart.Style}\n{Style}\n</style></head><body>");
        html.AppendLine($"<h1>{Encode(report.Title)}</h1>");
        html.AppendLine(report.Holds ? "<p class=\"good\">Every check holds.</p>" : "<p class=\"bad\">A check failed.</p>");
        Table(html, "Checks", report.Checks, check => [Cell(check.Name), $"<td class=\"{(check.Holds ? "good\">holds" : "bad\">FAILS")}</td>", Cell(check.Detail)]);
        Table(html, "Figures", report.Figures, figure => [Cell(figure.Name), $"<td class=\"n\">{figure.Text}</td>", Cell(figure.Unit)]);
        if (report.Curves.Count > 0)
            Figure(html, "Latency by percentile", SvgChart.OfLatency(report.Curves));
        foreach (var chart in report.Charts)
            Figure(html, chart.Title, SvgChart.OverTime(chart));
        Table(html, "Notes", report.Notes, note => [Cell(note.Name), Cell(note.Text)]);
        Table(html, "Settings", report.Settings, setting => [Cell(setting.Name), Cell(setting.Value)]);
        return html.AppendLine("</body></html>").ToString();
    }

    private static void Table<T>(StringBuilder html, string title, IReadOnlyList<T> rows, Func<T, IEnumerable<string>> cells)
    {
        if (rows.Count == 0)
            return;
        html.AppendLine($"<h2>{title}</h2>").AppendLine("<table>");
        foreach (var row in rows)
            html.Append("<tr>").AppendJoin("", cells(row)).AppendLine("</tr>");
        html.AppendLine("</table>");
    }

    private static void Figure(StringBuilder html, string title, string svg)
    {
        if (svg.Length > 0)
            html.AppendLine($"<h2>{Encode(title)}</h2>").AppendLine($"<figure>{svg}</figure>");
    }

    private static string Cell(string text) => $"<td>{Encode(text)}</td>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
