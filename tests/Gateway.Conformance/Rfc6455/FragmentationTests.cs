using System.Text;
using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;
using static Gateway.Conformance.Cases.FrameCase;

namespace Gateway.Conformance.Rfc6455;

/// <summary>§5.4: fragmentation.</summary>
public sealed class FragmentationTests(NodesUnderTest nodes)
{
    private static readonly CaseSet Cases =
    [

        Returned("§5.4 two fragments", [.. Frame.Text("Hel", fin: false), .. Frame.Last("lo")], Message.Text("Hello")),
        Returned("§5.4 two fragments of a binary message", [.. Frame.Binary([1, 2], fin: false), .. Frame.Last([3])], Message.Binary([1, 2, 3])),
        Returned("§5.4 empty fragments anywhere", [.. Frame.Text("", fin: false), .. Frame.More(""), .. Frame.More("a"), .. Frame.More(""), .. Frame.Last("")], Message.Text("a")),
        Returned("§5.4 empty fragments only", [.. Frame.Text("", fin: false), .. Frame.More(""), .. Frame.Last("")], Message.Text("")),
        Returned("§5.4 the last fragment is empty", [.. Frame.Binary([1], fin: false), .. Frame.Last("")], Message.Binary([1])),
        .. new[] { 1, 2, 3, 125, 126, 127, 1_300, 65_536 }.Select(size =>
            Returned($"§5.4 200,000 bytes in fragments of {size}", Frame.Fragments(Opcode.Text, Ascii(size < 100 ? 20_000 : 200_000), size), new Message(Opcode.Text, Ascii(size < 100 ? 20_000 : 200_000)))),
        Returned("§5.4 100,000 fragments are a message", Frame.Fragments(Opcode.Binary, Ascii(100_000), 1), Message.Binary(Ascii(100_000))),
        Returned("§5.4 a fragmented message behind another", [.. Frame.Fragments(Opcode.Text, "abc"u8.ToArray(), 1), .. Frame.Fragments(Opcode.Binary, "def"u8.ToArray(), 2), .. Frame.Text("g")], Message.Text("abc"), Message.Binary("def"u8.ToArray()), Message.Text("g")),

        // Control frames in the middle
        new FrameCase("§5.4 a ping in the middle of a message is answered") { Input = [.. Frame.Text("a", fin: false), .. Frame.Ping("p"), .. Frame.Last("b")], Messages = [Message.Text("ab")], Pongs = ["p"u8.ToArray()] },
        Answered("§5.4 a ping in the middle is answered before the message's end", [.. Frame.Text("never ended", fin: false), .. Frame.Ping("p")], "p"u8.ToArray()),
        new FrameCase("§5.4 pings between all fragments")
        {
            Input = [.. Frame.Text("", fin: false), .. Enumerable.Range(0, 50).SelectMany(i => (byte[])[.. Frame.Ping($"{i}"), .. Frame.More("x")]), .. Frame.Pong("unasked"), .. Frame.Last("")],
            Messages = [Message.Text(new string('x', 50))],
            Pongs = [.. Enumerable.Range(0, 50).Select(i => Encoding.ASCII.GetBytes($"{i}"))],
        },
        new FrameCase("§5.4 a close in the middle of a message ends the connection without it") { Input = [.. Frame.Text("a", fin: false), .. Frame.Close(1001), .. Frame.Last("b")], Code = 1001 },

        // What is none
        Ends("§5.4 a last continuation of nothing", 1002, [.. Frame.Last("a"), .. Frame.Text("b")]),
        Ends("§5.4 a continuation of nothing", 1002, [.. Frame.More("a"), .. Frame.Text("b")]),
        Ends("§5.4 an empty continuation of nothing", 1002, Frame.Last("")),
        Ends("§5.4 a continuation behind a message's end", 1002, [.. Frame.Text("a", fin: false), .. Frame.Last("b"), .. Frame.Last("c")], Message.Text("ab")),
        Ends("§5.4 a continuation behind a message's end, not the last", 1002, [.. Frame.Text("a", fin: false), .. Frame.Last("b"), .. Frame.More("c"), .. Frame.Text("d")], Message.Text("ab")),
        Ends("§5.4 a continuation behind a whole message", 1002, [.. Frame.Text("a"), .. Frame.Last("b")], Message.Text("a")),
        Ends("§5.4 a text within a text", 1002, [.. Frame.Text("a", fin: false), .. Frame.Text("b")]),
        Ends("§5.4 a text within a text, after a ping", 1002, [.. Frame.Text("a", fin: false), .. Frame.Ping("p"), .. Frame.Text("b")]) with { Pongs = ["p"u8.ToArray()] },
        Ends("§5.4 a binary message within a text", 1002, [.. Frame.Text("a", fin: false), .. Frame.Binary([1], fin: false)]),
        Ends("§5.4 a text within a binary message", 1002, [.. Frame.Binary([1], fin: false), .. Frame.More(""), .. Frame.Text("b")]),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);


    private static byte[] Ascii(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];
}
