using Gateway.Load.Reports;

namespace Gateway.Load.Progress;

/// <summary>Shows a run while it runs, on standard error: the report alone goes to standard output.</summary>
internal interface IProgress
{
    /// <summary>Runs it, showing what comes by <see cref="Show"/>.</summary>
    Report Run(Func<Report> run);

    /// <summary>Shows a sample.</summary>
    void Show(string things, in Sample sample);
}
