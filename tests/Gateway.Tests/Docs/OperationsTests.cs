using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.Core.Diagnosis;
using Gateway.Core.Telemetry;
using Gateway.Tests.Admin;

namespace Gateway.Tests.Docs;

/// <summary>docs/operations.md says what the program does.</summary>
public partial class OperationsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), "docs", "operations.md"));

    [Fact]
    public void Options_EveryOne_HasItsRow() =>
        Assert.All(OptionCatalog.Options, option => Assert.Contains(Row(option), Text));

    [Fact]
    public void Options_EveryRow_IsAnOption()
    {
        var names = OptionCatalog.Options.Select(option => option.Name).ToHashSet();

        Assert.All(OptionRow().Matches(Text), row => Assert.Contains(row.Groups[1].Value, names));
    }

    [Fact]
    public async Task Metrics_WhatANewNodeExports_HasItsRow()
    {
        await using var host = await RunningHost.StartAsync();

        var exported = await host.Client.GetStringAsync("/metrics");

        var names = ExportedMetric().Matches(exported).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("gateway_", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"| `{name}` |", Text));
    }

    /// <summary>Also those that are exported only after their first event.</summary>
    [Fact]
    public void Metrics_EveryInstrument_HasARow()
    {
        var instruments = new ConcurrentBag<string>();
        // Tests that run beside this one make instruments as well.
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Add(instruments, instrument) };
        using var metrics = new GatewayMetrics();
        listener.Start();

        Assert.NotEmpty(instruments);
        Assert.All(instruments, name => Assert.Contains("| `" + name.Replace('.', '_'), Text));
    }

    [Fact]
    public void Causes_EachInOrder_HasItsRow() =>
        Assert.Equal(Cause.All.Select(cause => (cause.Code, cause.Advice)), CauseRow().Matches(Section("Why did they not get it?")).Select(row => (row.Groups[1].Value, row.Groups[2].Value)));

    private static void Add(ConcurrentBag<string> names, Instrument instrument)
    {
        if (instrument.Meter.Name == GatewayMetrics.MeterName)
            names.Add(instrument.Name);
    }

    private static string Section(string title)
    {
        var start = Text.IndexOf($"\n## {title}\n", StringComparison.Ordinal) + 1;
        return Text[start..Text.IndexOf("\n## ", start, StringComparison.Ordinal)];
    }

    private static string Row(OptionDescription option) =>
        $"| `{option.Name}` | {(option.Default.Length == 0 ? "empty" : $"`{option.Default}`")} | {option.Bounds} | {option.Meaning} |";

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder.FullName;
    }

    [GeneratedRegex(@"^\| `(Gateway:[A-Za-z0-9:]+)` \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"^\| `([a-z_]+)` \| [^|\n]+ \| ([^|\n]+) \|$", RegexOptions.Multiline)]
    private static partial Regex CauseRow();

    [GeneratedRegex(@"^# TYPE (\S+)", RegexOptions.Multiline)]
    private static partial Regex ExportedMetric();
}
