using Gateway.Load.Reports;

namespace Gateway.Load.Progress;

/// <summary>Shows nothing: a loop beside the one that is shown.</summary>
internal sealed class NoProgress : IProgress
{
    public Report Run(Func<Report> run) => run();

    public void Show(string things, in Sample sample)
    {
    }
}
