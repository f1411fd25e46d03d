using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.Core.Diagnosis;
using Gateway.Docs;

namespace Gateway.Tests.Docs;

/// <summary>docs/operations.md says what the program does.</summary>
public partial class OperationsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    [Fact]
    public void Options_EveryOne_HasItsRow() =>
        Assert.All(OptionCatalog.Options, option => Assert.Contains(OptionRows.Of(option), Text));

    [Fact]
    public void Options_EveryRow_IsAnOption()
    {
        var names = OptionCatalog.Options.Select(option => option.Name).ToHashSet();

        Assert.All(OptionRows.Row().Matches(Text), row => Assert.Contains(row.Groups[1].Value, names));
    }

    [Fact]
    public void Causes_EachInOrder_HasItsRow() =>
        Assert.Equal(Cause.All.Select(cause => (cause.Code, cause.Advice)), CauseRow().Matches(Section("Why did they not get it?")).Select(row => (row.Groups[1].Value, row.Groups[2].Value)));

    private static string Section(string title)
    {
        var start = Text.IndexOf($"\n## {title}\n", StringComparison.Ordinal) + 1;
        return Text[start..Text.IndexOf("\n## ", start, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \| [^|\n]+ \| ([^|\n]+) \|$", RegexOptions.Multiline)]
    private static partial Regex CauseRow();
}
