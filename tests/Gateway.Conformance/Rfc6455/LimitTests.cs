using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;
using static Gateway.Conformance.Cases.FrameCase;

namespace Gateway.Conformance.Rfc6455;

/// <summary>§10.4 limits, and what must not pass for one: large messages, small fragments, many messages.</summary>
public sealed class LimitTests(NodesUnderTest nodes)
{
    private const int Limit = NodesUnderTest.SmallMaxMessageBytes;

    private static readonly CaseSet Cases =
    [

        .. new[] { 256 * 1024, 1024 * 1024, 4 * 1024 * 1024, NodesUnderTest.MaxMessageBytes }.SelectMany(size => new[]
        {
            Returned($"a text of {size} bytes", Frame.Text(Ascii(size)), new Message(Opcode.Text, Ascii(size))),
            Returned($"a binary message of {size} bytes", Frame.Binary(Ascii(size)), Message.Binary(Ascii(size))),
        }),
        .. new[] { 64, 1024, 64 * 1024, 1024 * 1024 }.Select(size =>
            Returned($"4 MiB in fragments of {size} bytes", Frame.Fragments(Opcode.Binary, Ascii(4 * 1024 * 1024), size), Message.Binary(Ascii(4 * 1024 * 1024)))),
        .. new[] { 0, 16, 64, 256, 1024, 4096 }.Select(size =>
            Returned($"1,000 messages of {size} bytes", [.. Enumerable.Range(0, 1000).SelectMany(_ => Frame.Text(Ascii(size)))], [.. Enumerable.Repeat(new Message(Opcode.Text, Ascii(size)), 1000)])),

        Ends("§10.4 a message above the limit", 1009, [.. Frame.Text("first"), .. Frame.Binary(Ascii(Limit + 1)), .. Frame.Text("behind")], Message.Text("first")) with { Setting = Setting.Dedicated },
        Ends("§10.4 a length above the limit is judged before the payload", 1009, Frame.Binary(Ascii(Limit + 1))[..14]) with { Setting = Setting.Dedicated },
        Ends("§10.4 the largest length there is", 1009, [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4]) with { Setting = Setting.Dedicated },
        Ends("§10.4 fragments that pass the limit together", 1009, Frame.Fragments(Opcode.Binary, Ascii(Limit + 1), 1000)) with { Setting = Setting.Dedicated },
        Ends("§10.4 fragments that pass the limit, without their end", 1009, [.. Frame.Text(Ascii(Limit), fin: false), .. Frame.More("a")]) with { Setting = Setting.Dedicated },
        Returned("§10.4 a message of the limit", Frame.Binary(Ascii(Limit)), Message.Binary(Ascii(Limit))) with { Setting = Setting.Dedicated },
        Ends("§10.4 65,536 fragments without payload and no end", 1009, [.. Empty(65_536), .. Frame.Of(Opcode.Continuation, [])]),
        Returned("§10.4 a message behind 65,535 fragments without payload", [.. Empty(65_535), .. Frame.Of(Opcode.Continuation, Ascii(3))], new Message(Opcode.Text, Ascii(3))),
        Returned("§10.4 fragments of the limit", Frame.Fragments(Opcode.Text, Ascii(Limit), 1000), new Message(Opcode.Text, Ascii(Limit))) with { Setting = Setting.Dedicated },
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);

    private static byte[] Empty(int fragments) =>
        [.. Enumerable.Range(0, fragments).SelectMany(i => Frame.Of(i == 0 ? Opcode.Text : Opcode.Continuation, [], fin: false))];

    private static byte[] Ascii(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];
}
