using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;
using static Gateway.Conformance.Cases.FrameCase;

namespace Gateway.Conformance.Rfc6455;

/// <summary>§5.6 and §8.1: text is UTF-8 (RFC 3629), and what is not ends the connection at the byte that shows it.</summary>
public sealed class TextTests(NodesUnderTest nodes)
{

    // The first and the last character of each length, those beside the surrogates, noncharacters, and a word.
    private static readonly string[] Valid =
    [
        "00", "7F", "C280", "DFBF", "E0A080", "EFBFBF", "F0908080", "F48FBFBF", "ED9FBF", "EE8080", "EFBFBD", "EFBFBE", "F09FBFBE", "F3BFBFBF",
        "CEBAE1BDB9CF83CEBCCEB5", "EFBBBF", "F09F9880",
    ];

    // Continuations of nothing, characters of 5 and 6 bytes, above U+10FFFF, overlong, surrogates alone and in pairs, bytes that are in none.
    private static readonly string[] Invalid =
    [
        "80", "BF", "80BF", "80BF80", "C020", "C1BF", "DF20", "E020", "E08020", "EF20", "EFBF20", "F020", "F0908020", "F420", "F820", "FC20",
        "F888808080", "FC8480808080", "F7BFBFBF", "FBBFBFBFBF", "FDBFBFBFBFBF", "F4908080", "F5808080", "C0AF", "E080AF", "F08080AF", "F8808080AF",
        "FC80808080AF", "E09FBF", "F08FBFBF", "C080", "E08080", "F0808080", "EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBE80", "EDBFBF",
        "EDA080EDB080", "EDAFBFEDBFBF", "FE", "FF", "FEFEFFFF",
    ];

    private static readonly string[] Unfinished = ["C2", "DF", "E0A0", "EF", "EFBF", "F0", "F090", "F09080", "F48FBF", "CEBAE1BDB9CF83CEBCCE"];

    private static readonly CaseSet Cases =
    [

        Returned("§5.6 an empty text", Frame.Text(""), Message.Text("")),
        Returned("§5.6 an empty binary message", Frame.Binary([]), Message.Binary([])),
        Returned("§5.6 a binary message is any bytes", Frame.Binary([.. Enumerable.Range(0, 256).Select(i => (byte)i)]), Message.Binary([.. Enumerable.Range(0, 256).Select(i => (byte)i)])),
        Returned("§5.6 a text", Frame.Text("Hello-\u00B5@\u00DF\u00F6\u00E4\u00FC\u00E0\u00E1-UTF-8!!"), Message.Text("Hello-\u00B5@\u00DF\u00F6\u00E4\u00FC\u00E0\u00E1-UTF-8!!")),
        .. Valid.SelectMany(hex => new[]
        {
            Returned($"§8.1 {hex} is UTF-8", Frame.Text(Bytes(hex)), Text(hex)),
            Returned($"§8.1 {hex} is UTF-8 in fragments of a byte", Frame.Fragments(Opcode.Text, Bytes(hex), 1), Text(hex)),
        }),
        .. Invalid.SelectMany(hex => new[]
        {
            Ends($"§8.1 {hex} is not UTF-8", 1007, [.. Frame.Text("first"), .. Frame.Text(Bytes(hex)), .. Frame.Text("behind")], Message.Text("first")),
            Ends($"§8.1 {hex} behind a text is not UTF-8", 1007, Frame.Text([.. Bytes("CEBAE1BDB9CF83CEBCCEB5"), .. Bytes(hex), .. Bytes("656469746564")])),
            Ends($"§8.1 {hex} in fragments of a byte is not UTF-8", 1007, Frame.Fragments(Opcode.Text, [.. Bytes(hex), (byte)'.'], 1)),
            Ends($"§8.1 {hex} is judged before its frame is complete", 1007, Frame.Text([.. Bytes(hex), .. new byte[200]])[..(8 + (hex.Length / 2) + 1)]),
        }),
        .. Unfinished.SelectMany(hex => new[]
        {
            Ends($"§8.1 {hex} is cut within a character", 1007, Frame.Text(Bytes(hex))),
            Ends($"§8.1 {hex} is cut within a character by the last fragment's end", 1007, [.. Frame.Text("", fin: false), .. Frame.More(Bytes(hex)), .. Frame.Last("")]),
            Ends($"§8.1 {hex} does not go on in the next message", 1007, [.. Frame.Text(Bytes(hex)), .. Frame.Text([0x80])]),
        }),
        Returned("§5.4 a character may be cut by a fragment's end", [.. Frame.Text([0xF0, 0x9F], fin: false), .. Frame.More([]), .. Frame.More([0x98]), .. Frame.Last([0x80])], Message.Text("\U0001F600")),
        Returned("§5.6 a binary message need not be UTF-8", [.. Invalid.SelectMany(hex => Frame.Binary(Bytes(hex)))], [.. Invalid.Select(hex => Message.Binary(Bytes(hex)))]),
        Ends("§8.1 a fragment that cannot become UTF-8 ends the connection before the message's end", 1007, [.. Frame.Text(Bytes("CEBAE1BDB9CF83CEBCCEB5"), fin: false), .. Frame.More(Bytes("F4908080"))]),
        new FrameCase("§8.1 a ping in front of the fault is answered") { Input = [.. Frame.Text([0xE2, 0x82], fin: false), .. Frame.Ping("p"), .. Frame.Last([0x28])], Pongs = ["p"u8.ToArray()], Code = 1007 },
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);


    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static Message Text(string hex) => new(Opcode.Text, Bytes(hex));
}
