using System.CommandLine;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios;

/// <summary>The command line's part that says where the report goes, and when the run is given up.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string?> _json = new("--json") { Description = "Print the report as JSON; with a file's name, write it there and print text.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _html = new("--html") { Description = "Write the report, with charts, to this file: one page that needs nothing else." };
    private readonly Option<string?> _svg = new("--svg") { Description = "Write each of the scenario's own charts into this folder, as an image of its own." };
    private readonly Option<double> _deadline = new("--deadline") { Description = "Seconds after which the run is given up, whatever it is at. 0: the scenario's own.", DefaultValueFactory = _ => 0 };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _json, _html, _svg, _deadline })
            command.Options.Add(option);
    }

    /// <summary>When the run is given up.</summary>
    public TimeSpan Deadline(ParseResult parsed, TimeSpan byDefault) => parsed.GetValue(_deadline) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : byDefault;

    public void Write(ParseResult parsed, Report report)
    {
        if (parsed.GetValue(_html) is { } html)
            File.WriteAllText(html, HtmlReport.Write(report));
        if (parsed.GetValue(_svg) is { } folder)
            WriteCharts(Directory.CreateDirectory(folder), report);
        var file = parsed.GetValue(_json);
        if (file is not null)
            File.WriteAllText(file, JsonReport.Write(report));
        var printsJson = file is null && parsed.GetResult(_json) is not null;
        Console.WriteLine(printsJson ? JsonReport.Write(report) : TextReport.Write(report));
    }

    private static void WriteCharts(DirectoryInfo folder, Report report)
    {
        foreach (var chart in report.OwnCharts)
        {
            var name = string.Join('-', chart.Title.ToLowerInvariant().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries));
            File.WriteAllText(Path.Combine(folder.FullName, $"{name}.svg"), SvgChart.File(chart));
        }
    }
}
