using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Clients;

/// <summary>The project's JavaScript without a node: unit tests, the client's types, and its idea of the gateway's close codes.</summary>
public sealed partial class JavaScriptClientContractTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "clients", "gateway");

    [Theory]
    [InlineData("gateway/gateway.test.mjs")]
    [InlineData("gateway/package.test.mjs")]
    [InlineData("gateway/protocol.test.mjs")]
    public async Task UnitTests_OfNodesOwnRunner_AllPass(string file)
    {
        var output = await Tool.RunAsync("node", "", "--test", "--test-reporter=tap", Path.Combine(Folder, "..", file));

        Assert.True(Count("pass", output) > 0 && Count("pass", output) == Count("tests", output), output);
    }

    [Fact]
    public async Task Types_OfTheClient_AllowWhatItHasAndNothingElse() =>
        Assert.Equal("[]", (await Tool.RunAsync("node", "", Path.Combine(Folder, "types.mjs"))).Trim());

    [Fact]
    public async Task CloseCodes_ThatTheGatewaySends_EndTheClientWhereTheTableSaysSo()
    {
        // 1005 and 1006 are never on the wire.
        var table = Reasons().Where(reason => reason.Code is not (CloseCode.NoStatus or CloseCode.Abnormal)).DistinctBy(reason => reason.Code).ToArray();
        var codes = table.Select(reason => ((int)reason.Code).ToString(CultureInfo.InvariantCulture)).ToArray();

        var output = await Tool.RunAsync("node", "", [Path.Combine(Folder, "final.mjs"), .. codes]);

        var final = JsonSerializer.Deserialize<int[]>(output)!;
        Assert.NotEmpty(final);
        Assert.Equal(table.Where(reason => !reason.ComeBack).Select(reason => (int)reason.Code), final);
    }

    private static IEnumerable<CloseReason> Reasons() =>
    [
        .. typeof(CloseReason).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => field.GetValue(null)).OfType<CloseReason>(),
        .. Enum.GetValues<ProtocolError>().Select(CloseReason.Of),
    ];

    private static int Count(string what, string output) =>
        TapCount().Matches(output).Where(match => match.Groups[1].Value == what).Select(match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)).SingleOrDefault(-1);

    [GeneratedRegex("^# (tests|pass) ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex TapCount();
}
