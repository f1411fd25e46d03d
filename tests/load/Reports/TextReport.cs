using System.Text;

namespace Gateway.Load.Reports;

/// <summary>A report for people, on a terminal.</summary>
internal static class TextReport
{
    public static string Write(Report report)
    {
        var text = new StringBuilder().AppendLine(report.Title);
        var width = report.Figures.Select(figure => figure.Name).Concat(report.Checks.Select(check => check.Name)).Concat(report.Notes.Select(note => note.Name))
            .Select(name => name.Length).DefaultIfEmpty().Max();
        foreach (var figure in report.Figures)
            text.AppendLine($"  {figure.Name.PadRight(width)}  {figure.Text,14} {figure.Unit}");
        foreach (var (name, holds, detail) in report.Checks)
            text.AppendLine($"  {name.PadRight(width)}  {(holds ? "holds" : "FAILS"),14} {detail}");
        foreach (var (name, note) in report.Notes)
            text.AppendLine($"  {name.PadRight(width)}  {note}");
        return text.ToString();
    }
}
