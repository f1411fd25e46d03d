using System.Text.Json;
using System.Xml.Linq;
using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Tests.Reports;

public class ReportTests
{
    [Fact]
    public void Html_OfAFullReport_RefersToNothingOutside()
    {
        var html = HtmlReport.Write(Full());
        foreach (var outward in new[] { "http:", "https:", "src=", "href=", "@import", "url(", "<script" })
            Assert.DoesNotContain(outward, html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_NamesWithMarkup_AreText()
    {
        var html = HtmlReport.Write(Full());
        Assert.Contains("&lt;b&gt; &amp; co", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_EveryChart_IsWellFormedAndInsideItsBox()
    {
        var html = HtmlReport.Write(Full());
        var charts = html.Split("<svg")[1..].Select(part => XElement.Parse("<svg" + part[..part.IndexOf("</svg>", StringComparison.Ordinal)] + "</svg>")).ToList();
        Assert.Equal(5, charts.Count); // the latency and four over time
        foreach (var line in charts.SelectMany(chart => chart.Elements("polyline")))
        {
            foreach (var point in line.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var at = point.Split(',');
                Assert.InRange(double.Parse(at[0]), 0, 720);
                Assert.InRange(double.Parse(at[1]), 0, 260);
            }
        }
    }

    [Fact]
    public void Html_OfAnEmptyReport_IsAPage() => Assert.EndsWith("</html>\n", HtmlReport.Write(new Report("empty")), StringComparison.Ordinal);

    [Fact]
    public void Json_OfAFullReport_HasItAll()
    {
        using var json = JsonDocument.Parse(JsonReport.Write(Full()));
        var root = json.RootElement;
        Assert.False(root.GetProperty("holds").GetBoolean());
        Assert.Equal(12.5, root.GetProperty("figures").GetProperty("echo: rate (/s)").GetDouble());
        Assert.Equal(0, root.GetProperty("figures").GetProperty("endless (×)").GetDouble()); // JSON has no infinity
        Assert.False(root.GetProperty("checks").GetProperty("fails").GetBoolean());
        Assert.Equal("<b> & co", root.GetProperty("settings").GetProperty("--set").GetString());
        Assert.Equal(10, root.GetProperty("latencies").GetProperty("echo").GetProperty("50").GetDouble(), tolerance: 0.1);
        Assert.Equal(4, root.GetProperty("charts").GetProperty("CPU time (cores)").GetProperty("node").GetArrayLength());
    }

    [Fact]
    public void Text_OfAFullReport_SaysWhatFails()
    {
        var text = TextReport.Write(Full());
        Assert.Contains("FAILS because", text, StringComparison.Ordinal);
        Assert.Contains("12.5 /s", text, StringComparison.Ordinal);
    }

    private static Report Full()
    {
        var report = new Report("echo: <b> & co") { Settings = [("--set", "<b> & co")] };
        report.Add("echo: rate", 12.5, "/s");
        report.Add("endless", double.PositiveInfinity, "×");
        report.Check("holds", true, "fine");
        report.Check("fails", false, "because");
        report.Note("first limit met", "none");
        var latency = new Latency();
        for (var i = 0; i < 2000; i++)
            latency.Record(0, (i < 1500 ? 10 : 200) * Loop.Clock.TimestampFrequency / 1000);
        report.Draw("echo", latency);
        var timeline = new Timeline();
        for (var i = 0; i < 4; i++)
            timeline.Add(new Sample(i, "round", 100, i * 1000, i * 1000, 0.5 * i, 0.3, 1e8));
        foreach (var chart in timeline.Charts("messages"))
            report.Draw(chart);
        return report;
    }
}
