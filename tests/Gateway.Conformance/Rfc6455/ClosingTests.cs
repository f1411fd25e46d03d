using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;
using static Gateway.Conformance.Cases.FrameCase;

namespace Gateway.Conformance.Rfc6455;

/// <summary>§5.5.1 and §7: the closing handshake.</summary>
public sealed class ClosingTests(NodesUnderTest nodes)
{
    private static readonly CaseSet Cases =
    [

        Ends("§5.5.1 a close frame without a body is answered by one", Conversation.NoCode, Frame.Close()),
        .. new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 }.Select(code =>
            Ends($"§7.4 code {code} is echoed", code, Frame.Close(code))),
        Ends("§5.5.1 a reason of one byte", 1000, Frame.Close(1000, "x")),
        Ends("§5.5.1 a reason of 123 bytes", 1000, Frame.Close(1000, new string('*', 123))),
        Ends("§5.5.1 a reason in UTF-8", 1000, Frame.Close(1000, "Hello-\u00B5@\u00DF\u00F6\u00E4\u00FC\u00E0\u00E1-UTF-8!!")),
        Ends("§5.5.1 a body of one byte", 1002, Frame.Of(Opcode.Close, [3])),
        Ends("§5.5 a reason of 124 bytes is a frame of 126", 1002, Frame.Close(1000, new string('*', 124))),
        .. new[] { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535 }.Select(code =>
            Ends($"§7.4 code {code} never stands in a frame", 1002, Frame.Close(code))),
        Ends("§7.4 code 1005 never stands in a frame, with a reason", 1002, Frame.Close(1005, "reason")),
        Ends("§8.1 a reason that is not UTF-8", 1007, Frame.Close(1000, [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xED, 0xA0, 0x80, 0x65])),
        Ends("§8.1 a reason that is cut within a character", 1007, Frame.Close(1000, [0x61, 0xE2, 0x82])),

        // Order
        Ends("§5.5.1 messages before it are returned", 1000, [.. Frame.Text("a"), .. Frame.Text("b"), .. Frame.Close(1000)], Message.Text("a"), Message.Text("b")),
        Ends("§5.5.1 a message behind it is nothing", 1000, [.. Frame.Close(1000), .. Frame.Text("behind")]),
        Ends("§5.5.1 a ping behind it is nothing", 1000, [.. Frame.Close(1000), .. Frame.Ping("behind")]),
        Ends("§5.5.1 a second close frame is nothing", 1000, [.. Frame.Close(1000), .. Frame.Close(1001)]),
        Ends("§5.5.1 what is wrong behind it is nothing", 1000, [.. Frame.Close(1000), 0xFF, 0xFF, 0xFF]),
        Ends("§7.1.1 megabytes behind it do not keep it from arriving", 1000, [.. Frame.Close(1000), .. new byte[3_000_000]]),
        Ends("§7.1.7 megabytes behind a fault do not keep its code from arriving", 1002, [0xFF, 0xFF, .. new byte[3_000_000]]),
        Ends("§7.1.7 a large message that is returned arrives before the code of the fault behind it", 1002, [.. Frame.Binary(new byte[1_000_000]), 0x83], Message.Binary(new byte[1_000_000])),
        Ends("§7.1.2 a large message that is returned arrives before the close frame", 1000, [.. Frame.Binary(new byte[1_000_000]), .. Frame.Close(1000)], Message.Binary(new byte[1_000_000])),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);
}
