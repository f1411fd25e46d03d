using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.Core;
using Gateway.Docs;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Docs;

/// <summary>docs/logs.md lists the log lines that there are.</summary>
public partial class LogsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "logs.md"));

    private static readonly (LoggerMessageAttribute Line, string Name)[] Lines =
    [
        .. from assembly in new[] { typeof(GatewayNode).Assembly, typeof(OptionCatalog).Assembly }
           from type in assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           let line = method.GetCustomAttribute<LoggerMessageAttribute>()
           where line is not null
           select (line, method.Name),
    ];

    [Fact]
    public void Lines_AreFoundInBothAssemblies()
    {
        Assert.Contains(Lines, line => line.Line.EventId < 2000);
        Assert.Contains(Lines, line => line.Line.EventId >= 2000);
    }

    [Fact]
    public void Ids_AreUnique() =>
        Assert.Empty(Lines.GroupBy(line => line.Line.EventId).Where(same => same.Count() > 1).Select(same => string.Join(", ", same.Select(line => line.Name))));

    [Fact]
    public void Lines_EveryOne_HasItsRow() => Assert.All(Lines, line => Assert.Contains(Row(line.Line, line.Name), Text));

    [Fact]
    public void Rows_EveryOne_IsALineAndSaysWhatToDo()
    {
        var ids = Lines.Select(line => line.Line.EventId).ToHashSet();

        Assert.All(RowStart().Matches(Text), row =>
        {
            Assert.Contains(int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), ids);
            Assert.NotEmpty(row.Groups[2].Value.Trim());
        });
        Assert.Equal(Lines.Length, RowStart().Count(Text));
    }

    [Fact]
    public void Areas_HaveIdsOfTheirOwnThatTheirLinesKeepTo()
    {
        var last = 0;
        var areas = Text.Split("\n## ")[1..];

        Assert.All(areas, area =>
        {
            var range = Range().Match(area);
            var (from, to) = (int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture));
            Assert.InRange(from, last + 1, to);
            last = to;
            Assert.All(RowStart().Matches(area), row => Assert.InRange(int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), from, to));
        });
    }

    private static string Row(LoggerMessageAttribute line, string name) =>
        $"| {line.EventId} | {line.Level} | {name} | `{line.Message.Replace("|", "\\|", StringComparison.Ordinal)}` | ";

    // The message may hold an escaped bar.
    [GeneratedRegex(@"^\| (\d+) \|.*[^\\]\| ([^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex RowStart();

    [GeneratedRegex(@"^.+: (\d+) to (\d+)\n")]
    private static partial Regex Range();
}
