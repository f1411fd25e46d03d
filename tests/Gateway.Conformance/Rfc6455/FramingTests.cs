using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;
using static Gateway.Conformance.Cases.FrameCase;

namespace Gateway.Conformance.Rfc6455;

/// <summary>§5.1 to §5.3: the base framing protocol and masking.</summary>
public sealed class FramingTests(NodesUnderTest nodes)
{
    private static readonly CaseSet Cases =
    [

        // §5.1
        .. new[] { Opcode.Text, Opcode.Binary, Opcode.Ping, Opcode.Pong, Opcode.Close }.Select(opcode =>
            Ends($"§5.1 a {opcode} frame that is not masked closes the connection", 1002, Frame.Of(opcode, [], fin: true, rsv: 0, key: null))),
        Ends("§5.1 a continuation that is not masked closes the connection", 1002, [.. Frame.Text("a", fin: false), .. Frame.Of(Opcode.Continuation, [], true, 0, key: null)]),
        Ends("§5.1 the mask is judged as soon as its bit is there", 1002, [0x82, 0x7E]),
        Ends("§5.1 what stood in front of a fault is returned first", 1002, [.. Frame.Text("first"), .. Frame.Binary([1, 2]), .. Frame.Of(Opcode.Text, [], true, 0, key: null)], Message.Text("first"), Message.Binary([1, 2])),
        Ends("§5.1 what stands behind a fault is nothing", 1002, [.. Frame.Of(Opcode.Text, [], true, 0, key: null), .. Frame.Text("behind"), .. Frame.Ping("behind"), .. new byte[100_000]]),

        // §5.2: reserved bits and opcodes
        .. from rsv in Enumerable.Range(1, 7)
           from opcode in new[] { Opcode.Text, Opcode.Binary, Opcode.Ping, Opcode.Pong, Opcode.Close }
           select Ends($"§5.2 RSV {rsv} of a {opcode} frame without an extension fails the connection", 1002, [.. Frame.Text("first"), .. Frame.Of(opcode, [], rsv: rsv), .. Frame.Ping()], Message.Text("first")),
        .. Enumerable.Range(1, 7).Select(rsv =>
            Ends($"§5.2 RSV {rsv} of a continuation fails the connection", 1002, [.. Frame.Text("a", fin: false), .. Frame.Of(Opcode.Continuation, [], rsv: rsv)])),
        .. new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 }.Select(opcode =>
            Ends($"§5.2 opcode {opcode} is reserved and fails the connection", 1002, [.. Frame.Text("first"), .. Frame.Of((Opcode)opcode, []), .. Frame.Ping()], Message.Text("first"))),
        .. new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 }.Select(opcode =>
            Ends($"§5.2 opcode {opcode} with a payload fails the connection", 1002, Frame.Of((Opcode)opcode, "payload"u8.ToArray()))),
        Ends("§5.2 a reserved bit is judged as soon as its byte is there", 1002, [0xC1]),
        Ends("§5.2 a reserved opcode is judged as soon as its byte is there", 1002, [0x83]),

        // §5.2: lengths
        .. new[] { 0, 1, 2, 3, 4, 5, 7, 8, 124, 125, 126, 127, 128, 129, 65_534, 65_535, 65_536, 65_537, 100_000 }.Select(length =>
            Returned($"§5.2 a payload of {length} bytes", Frame.Binary(Some(length)), Message.Binary(Some(length)))),
        Returned("§5.2 frames behind each other keep their order", [.. Enumerable.Range(0, 200).SelectMany(i => Frame.Binary(Some(i)))], [.. Enumerable.Range(0, 200).Select(i => Message.Binary(Some(i)))]),
        .. new[] { 0, 1, 125 }.Select(length =>
            Ends($"§5.2 the minimal number of bytes: {length} in 16 bits", 1002, Frame.Of(Opcode.Binary, Some(length), true, 0, new byte[4], lengthBytes: 2))),
        .. new[] { 0, 125, 126, 65_535 }.Select(length =>
            Ends($"§5.2 the minimal number of bytes: {length} in 64 bits", 1002, Frame.Of(Opcode.Binary, Some(length), true, 0, new byte[4], lengthBytes: 8))),
        Ends("§5.2 the most significant bit of 64 is 0", 1002, [0x82, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4]),
        Ends("§5.2 the most significant bit of 64 is judged as soon as its byte is there", 1002, [0x82, 0xFF, 0x80]),
        Ends("§5.2 all bits of the length", 1002, [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),

        // §5.3
        .. new[] { "00000000", "FFFFFFFF", "00000001", "80000000", "01020304", "DEADBEEF" }.Select(key =>
            Returned($"§5.3 the masking key {key}", Frame.Of(Opcode.Binary, Some(1_001), true, 0, Convert.FromHexString(key)), Message.Binary(Some(1_001)))),
        Returned("§5.3 a fresh key for each frame", [.. Frame.Of(Opcode.Text, "ab"u8.ToArray(), false, 0, [1, 2, 3, 4]), .. Frame.Of(Opcode.Continuation, "cde"u8.ToArray(), false, 0, [9, 8, 7, 6]), .. Frame.Of(Opcode.Continuation, "f"u8.ToArray(), true, 0, [0, 0, 0, 0])], Message.Text("abcdef")),

        // §5.7
        Returned("§5.7 the RFC's own masked text", [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], Message.Text("Hello")),
        Answered("§5.7 the RFC's own ping", [0x89, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], "Hello"u8.ToArray()),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);


    private static byte[] Some(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) + length))];
}
