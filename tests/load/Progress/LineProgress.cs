using Gateway.Load.Reports;

namespace Gateway.Load.Progress;

/// <summary>A line every few seconds, and one a phase: for logs and pipelines.</summary>
internal sealed class LineProgress(TextWriter output) : IProgress
{
    private const double Seconds = 5;

    private double _shownAt;
    private string _phase = "";

    public Report Run(Func<Report> run) => run();

    public void Show(string things, in Sample sample)
    {
        if (sample.Phase == _phase && sample.Seconds < _shownAt + Seconds)
            return;
        (_shownAt, _phase) = (sample.Seconds, sample.Phase);
        output.WriteLine(ToText(things, sample));
    }

    /// <summary>The sample in a line.</summary>
    public static string ToText(string things, in Sample sample)
    {
        var node = sample is { NodeCores: { } cores, ResidentBytes: { } resident } ? $", node {cores:0.00} cores {resident / 1e6:0} MB" : "";
        return $"{sample.Seconds,6:0.0} s  {sample.Phase}: {sample.Open:N0} open, {sample.PerSecond:N0} {things}/s{node}, load {sample.LoadCores:0.00} cores";
    }
}
