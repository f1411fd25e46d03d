using System.Text;
using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;
using static Gateway.Conformance.Cases.FrameCase;

namespace Gateway.Conformance.Rfc7692;

/// <summary>§6 and §7.2: compressed messages, as the node reads them. Those that keep a context need the node that does.</summary>
public sealed class CompressedMessageTests(NodesUnderTest nodes)
{

    private static readonly Message Hello = Message.Text("Hello");
    private static readonly byte[] Words = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 60).Select(i => $"word{i % 7}")));

    private static readonly CaseSet Cases =
    [

        // §7.2.3: the RFC's own examples
        Compressed("§7.2.3.1 one block", Of(Deflate.Hello), Hello),
        Compressed("§7.2.3.1 one block in fragments", Frame.Fragments(Opcode.Text, Deflate.Hello, 3, rsv: 4), Hello),
        Kept("§7.2.3.2 a shared window", [.. Of(Deflate.Hello), .. Of(Deflate.HelloAgain)], Hello, Hello),
        Compressed("§7.2.3.2 without takeover the same message stands by itself", [.. Of(Deflate.Hello), .. Of(Deflate.Hello)], Hello, Hello),
        Compressed("§7.2.3.3 a block without compression", Of([0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]), Hello),
        Compressed("§7.2.3.4 a final block", Of([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]), Hello),
        Compressed("§7.2.3.5 two blocks", Of([0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]), Hello),
        Compressed("§7.2.3.6 an empty message", Of(Deflate.Empty), Message.Text("")),
        Kept("§7.2.3.6 an empty message between others", [.. Of(Deflate.Hello), .. Of(Deflate.Empty), .. Of(Deflate.HelloAgain)], Hello, Message.Text(""), Hello),
        Compressed("no data at all reads as an empty message, which some libraries send so", Frame.Of(Opcode.Text, [], rsv: 4), Message.Text("")),
        Compressed("§7.2.1 an empty message may be a whole fixed block", Of([0x02, 0x00]), Message.Text("")),

        // Blocks
        Compressed("§7.2.2 a final block, and another stream behind it", Of([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, .. Deflate.Hello]), Message.Text("HelloHello")),
        Kept("§7.2.2 what follows a final block refers to what stood in front of it", [.. Of([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]), .. Of(Deflate.HelloAgain)], Hello, Hello),
        Compressed("§7.2.2 nothing but empty blocks", Of([0x00, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0x00]), Message.Text("")),
        .. new[] { 1, 2, 255, 256, 65_535 }.Select(length =>
            Compressed($"§7.2.2 stored blocks of {length} bytes", Frame.Of(Opcode.Binary, [.. Deflate.Stored(Some(length)), .. Deflate.Stored(Some(length)), 0x00], rsv: 4), Message.Binary([.. Some(length), .. Some(length)]))),
        .. new[] { 300, 512, 1_024, 8_192, 32_767, 32_768 }.Select(distance =>
            Kept($"§7.2.2 a reference of {distance} bytes to the message before", [.. Frame.Of(Opcode.Binary, [.. Deflate.Stored(Some(32_768)), 0x00], rsv: 4), .. Frame.Of(Opcode.Binary, Deflate.Reference(distance), rsv: 4)],
                Message.Binary(Some(32_768)), Message.Binary(Some(32_768)[(32_768 - distance)..(32_768 - distance + 258)]))),

        // §6: which frames
        .. new[] { 1, 2, 7, 100 }.Select(size =>
            Compressed($"§6.1 fragments of {size} bytes, RSV1 in the first", Frame.Fragments(Opcode.Text, Deflate.Message(Words), size, rsv: 4), new Message(Opcode.Text, Words))),
        Compressed("§6.1 an empty first fragment says that it is compressed", [.. Frame.Of(Opcode.Text, [], fin: false, rsv: 4), .. Frame.Last(Deflate.Hello)], Hello),
        Compressed("§6.1 empty fragments anywhere", [.. Frame.Of(Opcode.Text, Deflate.Hello[..2], fin: false, rsv: 4), .. Frame.More([]), .. Frame.More(Deflate.Hello[2..]), .. Frame.Last([])], Hello),
        Compressed("§6 a message may be sent without compression", Frame.Text("plain"), Message.Text("plain")),
        Kept("§6 messages without compression are not in the window", [.. Of(Deflate.Hello), .. Frame.Text("plain"), .. Of(Deflate.HelloAgain)], Hello, Message.Text("plain"), Hello),
        Compressed("§6.1 a ping within a compressed message", [.. Frame.Of(Opcode.Text, Deflate.Hello[..3], fin: false, rsv: 4), .. Frame.Ping("p"), .. Frame.Last(Deflate.Hello[3..])], Hello) with { Pongs = ["p"u8.ToArray()] },
        Broken("§6.1 RSV1 in a continuation", 1002, [.. Frame.Of(Opcode.Text, Deflate.Hello[..3], fin: false, rsv: 4), .. Frame.Of(Opcode.Continuation, Deflate.Hello[3..], rsv: 4)]),
        Broken("§6.1 RSV1 in a continuation of a message without compression", 1002, [.. Frame.Text("a", fin: false), .. Frame.Of(Opcode.Continuation, Deflate.Hello, rsv: 4)]),
        .. new[] { Opcode.Ping, Opcode.Pong, Opcode.Close }.Select(opcode =>
            Broken($"§6.1 RSV1 in a {opcode} frame", 1002, Frame.Of(opcode, [], rsv: 4))),
        .. new[] { 1, 2, 3, 5, 6, 7 }.Select(rsv =>
            Broken($"§6 RSV {rsv} has no meaning", 1002, Frame.Of(Opcode.Text, Deflate.Hello, rsv: rsv))),

        // Many and large
        Compressed("1,000 messages", [.. Enumerable.Range(0, 1_000).SelectMany(_ => Of(Deflate.Message(Words)))], [.. Enumerable.Repeat(new Message(Opcode.Text, Words), 1_000)]),
        Kept("1,000 messages, each with the history of all", [.. Deflate.Messages(Enumerable.Repeat(Words, 1_000)).SelectMany(Of)], [.. Enumerable.Repeat(new Message(Opcode.Text, Words), 1_000)]),
        .. new[] { 16, 64, 256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072 }.SelectMany(size => new[]
        {
            Compressed($"messages of {size} bytes", [.. Enumerable.Range(0, 20).SelectMany(i => Of(Deflate.Message(Text(size, i))))], [.. Enumerable.Range(0, 20).Select(i => new Message(Opcode.Text, Text(size, i)))]),
            Compressed($"messages of {size} random bytes", [.. Enumerable.Range(0, 20).SelectMany(i => Frame.Of(Opcode.Binary, Deflate.Message(Noise(size, i)), rsv: 4))], [.. Enumerable.Range(0, 20).Select(i => Message.Binary(Noise(size, i)))]),
        }),
        .. new[] { 16, 256, 4_096, 32_768, 65_536 }.Select(size =>
            Kept($"messages of {size} bytes, each with the history of all", [.. Deflate.Messages(Enumerable.Range(0, 20).Select(i => Text(size, i))).SelectMany(Of)], [.. Enumerable.Range(0, 20).Select(i => new Message(Opcode.Text, Text(size, i)))])),

        // What is none
        Broken("§7.2.2 a reserved block type", 1007, Of([0x06, 0x00])),
        Broken("§7.2.2 a stored block whose lengths contradict", 1007, Of([0x00, 0x05, 0x00, 0x00, 0x00, 0x48])),
        Broken("§7.2.2 data that is cut", 1007, Of(Deflate.Message(Words)[..20])),
        Broken("§7.2.2 a reference to before the begin", 1007, Of(Deflate.Reference(1))),
        Broken("§7.1.1.2 a reference to a message before, without takeover", 1007, [.. Of(Deflate.Hello), .. Of(Deflate.HelloAgain)], Hello),
        Broken("RFC 6455 §8.1 text that is not UTF-8 when decompressed", 1007, [.. Of(Deflate.Hello), .. Of(Deflate.Message([0xC3, 0x28]))], Hello),
        Broken("RFC 6455 §8.1 text that is cut within a character when decompressed", 1007, Of(Deflate.Message([0x61, 0xE2, 0x82]))),
        Broken("RFC 6455 §8.1 text that is not UTF-8, in fragments", 1007, [.. Frame.Of(Opcode.Text, [.. Deflate.Stored([0xFF]), .. Deflate.Stored(Some(100))], fin: false, rsv: 4), .. Frame.Of(Opcode.Continuation, [0])]),
        Broken("RFC 6455 §10.4 a message that passes the limit when decompressed", 1009, Frame.Of(Opcode.Binary, Deflate.Message(new byte[1024 * 1024]), rsv: 4)) with { Setting = Setting.Dedicated },
        Broken("RFC 6455 §10.4 a message that passes the limit when decompressed, in fragments", 1009, [.. Frame.Of(Opcode.Binary, Deflate.Message(new byte[1024 * 1024]), fin: false, rsv: 4), .. Frame.Of(Opcode.Continuation, [])]) with { Setting = Setting.Dedicated },
        Compressed("RFC 6455 §10.4 a message of the limit", Frame.Of(Opcode.Binary, Deflate.Message(new byte[NodesUnderTest.SmallMaxMessageBytes]), rsv: 4), Message.Binary(new byte[NodesUnderTest.SmallMaxMessageBytes])) with { Setting = Setting.Dedicated },
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);


    private static byte[] Of(byte[] compressed) => Frame.Of(Opcode.Text, compressed, rsv: 4);

    private static FrameCase Compressed(string rule, byte[] input, params Message[] messages) =>
        Returned(rule, input, messages) with { Offer = "permessage-deflate" };

    private static FrameCase Kept(string rule, byte[] input, params Message[] messages) =>
        Compressed(rule, input, messages) with { Setting = Setting.Dedicated };

    private static FrameCase Broken(string rule, int code, byte[] input, params Message[] messages) =>
        Ends(rule, code, input, messages) with { Offer = "permessage-deflate" };

    private static byte[] Some(int length) => Noise(length, 0);

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Compressible, and no two alike.</summary>
    private static byte[] Text(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(i => i % 3 == 0 ? (byte)random.Next('a', 'f') : (byte)'.')];
    }
}
