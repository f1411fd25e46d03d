using Gateway.Load.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gateway.Load.Progress;

/// <summary>A table that is drawn anew in place, on a terminal.</summary>
internal sealed class TerminalProgress(IAnsiConsole console, string title) : IProgress
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int BarsShown = 48;

    private readonly Queue<double> _rates = new();
    private LiveDisplayContext? _display;

    public Report Run(Func<Report> run) => console.Live(new Text("")).AutoClear(true).Start(display =>
    {
        _display = display;
        return run();
    });

    public void Show(string things, in Sample sample)
    {
        _rates.Enqueue(sample.PerSecond);
        if (_rates.Count > BarsShown)
            _rates.Dequeue();
        _display?.UpdateTarget(Draw(things, sample));
        _display?.Refresh();
    }

    private Table Draw(string things, in Sample sample)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(title)), ShowHeaders = false };
        table.AddColumns("", "");
        foreach (var (name, value) in Rows(things, sample))
            table.AddRow(new IRenderable[] { new Text(name, new Style(Color.Grey)), new Text(value) });
        return table;
    }

    private IEnumerable<(string Name, string Value)> Rows(string things, Sample sample)
    {
        yield return ("phase", $"{sample.Phase}, {sample.Seconds:0} s");
        yield return ("connections", $"{sample.Open:N0} open");
        yield return (things, $"{sample.PerSecond:N0} a second, {sample.Done:N0} in all");
        yield return ("", Sparkline(_rates));
        if (sample is { NodeCores: { } cores, ResidentBytes: { } resident })
            yield return ("node", $"{cores:0.00} cores, {resident / 1e6:N0} MB");
        yield return ("load", $"{sample.LoadCores:0.00} cores");
    }

    /// <summary>A bar a value, the tallest for the largest.</summary>
    public static string Sparkline(IReadOnlyCollection<double> values)
    {
        var most = values.Count == 0 ? 0 : values.Max();
        return string.Concat(values.Select(value => Bars[most <= 0 ? 0 : (int)(value / most * (Bars.Length - 1))]));
    }
}
