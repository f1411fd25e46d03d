using System.Text.RegularExpressions;
using Gateway.Docs;

namespace Gateway.Tests.Docs;

/// <summary>Each alert of deploy/prometheus says what to do, has its runbook in docs/operations.md, and is tested both ways.</summary>
public partial class AlertsTests
{
    private static readonly string Rules = Read("deploy", "prometheus", "rules.yaml");
    private static readonly string[] Names = [.. AlertName().Matches(Rules).Select(match => match.Groups[1].Value)];

    public static TheoryData<string> Alerts => [.. Names];

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Alert_SaysWhatHappenedAndWhereItsRunbookIs(string name)
    {
        var alert = Rules.Split("      - alert: ").Single(rule => rule.StartsWith(name + '\n', StringComparison.Ordinal));

        Assert.Matches(@"\n          severity: (critical|warning)\n", alert);
        Assert.Matches("\n          summary: \".+\\.\"\n", alert);
        Assert.Matches(@"\n          description: >-\n            .{60}", alert);
        Assert.Matches($@"\n          runbook_url: docs/operations\.md#{name.ToLowerInvariant()}\n", alert);
    }

    [Fact]
    public void Runbooks_AreThoseOfTheAlerts_InTheirOrder()
    {
        var alerts = Read("docs", "operations.md").Split("\n## Alerts\n")[1].Split("\n## ")[0];

        // A heading's anchor is its text in lower case.
        Assert.Equal(Names, Heading().Matches(alerts).Select(match => match.Groups[1].Value));
    }

    /// <summary>Promtool runs them; that none is forgotten, it does not say.</summary>
    [Theory]
    [MemberData(nameof(Alerts))]
    public void Alert_HasATestInWhichItFires_AndOneInWhichItIsSilent(string name)
    {
        var tests = Read("deploy", "prometheus", "rules.test.yaml").Split("  - name: ").Where(test => test.Contains($"alertname=\"{name}\"", StringComparison.Ordinal)).ToArray();

        Assert.Contains(tests, test => test.StartsWith($"\"{name} fires: ", StringComparison.Ordinal) && test.Contains("          - value: 1\n", StringComparison.Ordinal));
        Assert.Contains(tests, test => test.StartsWith($"\"{name} is silent: ", StringComparison.Ordinal) && test.Contains("        exp_samples: []\n", StringComparison.Ordinal));
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Repository.Root, .. path]));

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
