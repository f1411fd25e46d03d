using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;

namespace Gateway.Conformance.Rfc7692;

/// <summary>§5 and §7.1: what is agreed to, of any offer, and that it is kept to.</summary>
public sealed class NegotiationTests(NodesUnderTest nodes)
{
    private const string Deflate = "permessage-deflate";
    private const string Forgetful = Deflate + "; server_no_context_takeover; client_no_context_takeover";

    private static readonly CaseSet Cases =
    [
        .. Agreed("§5 the extension alone", [Deflate], Forgetful, Deflate),
        .. Agreed("§7.1.1.1 server_no_context_takeover", [Deflate + "; server_no_context_takeover"], Forgetful, Deflate + "; server_no_context_takeover"),
        .. Agreed("§7.1.1.2 client_no_context_takeover", [Deflate + "; client_no_context_takeover"], Forgetful, Deflate + "; client_no_context_takeover"),
        .. Agreed("§7.1.1 both", [Deflate + "; client_no_context_takeover; server_no_context_takeover"], Forgetful, Forgetful),
        .. Enumerable.Range(9, 7).SelectMany(bits =>
            Agreed($"§7.1.2.1 server_max_window_bits={bits} is kept to and answered", [$"{Deflate}; server_max_window_bits={bits}"], $"{Forgetful}; server_max_window_bits={bits}", $"{Deflate}; server_max_window_bits={bits}")),
        .. Enumerable.Range(9, 7).SelectMany(bits =>
            Agreed($"§7.1.2.1 server_max_window_bits={bits} without takeover", [$"{Deflate}; server_no_context_takeover; server_max_window_bits={bits}"], $"{Forgetful}; server_max_window_bits={bits}", $"{Deflate}; server_no_context_takeover; server_max_window_bits={bits}")),
        .. Declined("§7.1.2.1 server_max_window_bits=8 is what zlib cannot keep to", Deflate + "; server_max_window_bits=8"),
        .. Agreed("§7.1.2.2 client_max_window_bits without a value leaves the client its window", [Deflate + "; client_max_window_bits"], Forgetful, Deflate),
        .. Enumerable.Range(8, 8).SelectMany(bits =>
            Agreed($"§7.1.2.2 client_max_window_bits={bits}", [$"{Deflate}; client_max_window_bits={bits}"], $"{Forgetful}; client_max_window_bits={bits}", $"{Deflate}; client_max_window_bits={bits}")),
        .. Agreed("§7.1.3 all together", [Deflate + "; client_max_window_bits=10; server_max_window_bits=11; client_no_context_takeover; server_no_context_takeover"], Forgetful + "; server_max_window_bits=11; client_max_window_bits=10", Forgetful + "; server_max_window_bits=11; client_max_window_bits=10"),
        .. Agreed("RFC 6455 §9.1 a value may be quoted", [Deflate + "; server_max_window_bits=\"10\""], Forgetful + "; server_max_window_bits=10", Deflate + "; server_max_window_bits=10"),
        .. Agreed("RFC 6455 §9.1 white space where the grammar allows it", [" permessage-deflate\t;  server_max_window_bits = 10 "], Forgetful + "; server_max_window_bits=10", Deflate + "; server_max_window_bits=10"),

        // §7: declined, and the next offer looked at.
        .. new[] { "0", "1", "7", "16", "08", "09", "015", "+9", "-9", "9.0", "0x9", "a", "99999999999", "\"016\"" }.SelectMany(bits =>
            Declined($"§7.1.2.1 server_max_window_bits={bits} is no value", $"{Deflate}; server_max_window_bits={bits}")),
        .. new[] { "0", "7", "16", "08", "09", "+9", "a" }.SelectMany(bits =>
            Declined($"§7.1.2.2 client_max_window_bits={bits} is no value", $"{Deflate}; client_max_window_bits={bits}")),
        .. Declined("§7.1.2.1 server_max_window_bits needs a value", Deflate + "; server_max_window_bits"),
        .. Declined("§7.1.1.1 server_no_context_takeover has no value", Deflate + "; server_no_context_takeover=1"),
        .. Declined("§7.1.1.2 client_no_context_takeover has no value", Deflate + "; client_no_context_takeover=true"),
        .. Declined("§7 a parameter that is not defined", Deflate + "; x"),
        .. Declined("§7 a parameter that is not defined, with a value", Deflate + "; server_max_window_bits=10; level=9"),
        .. new[] { "server_no_context_takeover", "client_no_context_takeover", "client_max_window_bits", "server_max_window_bits=10", "client_max_window_bits=10" }.SelectMany(parameter =>
            Declined($"§7 {parameter} twice", $"{Deflate}; {parameter}; {parameter}")),
        .. Declined("§5 another extension", "permessage-bzip2", "x-webkit-deflate-frame", "permessage-deflatex", "deflate"),
        .. Agreed("§5.1 the first offer that can be accepted counts", [Deflate + "; server_max_window_bits=10, " + Deflate], Forgetful + "; server_max_window_bits=10", Deflate + "; server_max_window_bits=10"),
        .. Agreed("§5.1 an offer that is declined leaves the next", [Deflate + "; x, " + Deflate + "; server_max_window_bits=8, " + Deflate + "; server_max_window_bits=12"], Forgetful + "; server_max_window_bits=12", Deflate + "; server_max_window_bits=12"),
        .. Agreed("§5.1 offers in several lines", ["x-other; a=b", Deflate + "; y=1", Deflate], Forgetful, Deflate),
        .. Agreed("§5 another extension in front", ["x-webkit-deflate-frame, " + Deflate], Forgetful, Deflate),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);

    private static IEnumerable<Case> Agreed(string rule, string[] offers, string shared, string dedicated) =>
    [
        new NegotiationCase(rule + " (shared)") { Setting = Setting.Shared, Offers = offers, Answer = shared },
        new NegotiationCase(rule + " (dedicated)") { Setting = Setting.Dedicated, Offers = offers, Answer = dedicated },
    ];

    private static IEnumerable<Case> Declined(string rule, params string[] offers) => Enum.GetValues<Setting>().Select(setting =>
        new NegotiationCase($"{rule} ({setting})") { Setting = setting, Offers = offers, Answer = null });
}
