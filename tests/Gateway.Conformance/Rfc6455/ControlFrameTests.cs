using System.Text;
using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;
using static Gateway.Conformance.Cases.FrameCase;

namespace Gateway.Conformance.Rfc6455;

/// <summary>§5.5: control frames.</summary>
public sealed class ControlFrameTests(NodesUnderTest nodes)
{
    private static readonly CaseSet Cases =
    [

        Answered("§5.5.2 an empty ping", Frame.Ping(), [[]]),
        Answered("§5.5.2 a ping's application data comes back", Frame.Ping("payload"), "payload"u8.ToArray()),
        Answered("§5.5.2 whatever bytes it is", Frame.Ping([0x00, 0xFF, 0xFE, 0xC3, 0x28]), [0x00, 0xFF, 0xFE, 0xC3, 0x28]),
        Answered("§5.5 125 bytes are allowed", Frame.Ping(Bytes(125)), Bytes(125)),
        Answered("§5.5.2 ten pings, in their order", [.. Enumerable.Range(0, 10).SelectMany(i => Frame.Ping($"{i}"))], [.. Enumerable.Range(0, 10).Select(i => Encoding.ASCII.GetBytes($"{i}"))]),
        Answered("§5.5.2 5,000 pings in a burst", [.. Enumerable.Range(0, 5_000).SelectMany(i => Frame.Ping($"{i}"))], [.. Enumerable.Range(0, 5_000).Select(i => Encoding.ASCII.GetBytes($"{i}"))]),
        Answered("§5.5.3 a pong that nobody asked for is not answered", [.. Frame.Pong(), .. Frame.Pong("unasked"), .. Frame.Ping("p")], "p"u8.ToArray()),
        Answered("§5.5.3 a pong of 125 bytes", Frame.Of(Opcode.Pong, Bytes(125))),
        .. from opcode in new[] { Opcode.Ping, Opcode.Pong, Opcode.Close }
           from length in new[] { 126, 127, 65_535, 65_536 }
           select Ends($"§5.5 a {opcode} frame of {length} bytes", 1002, [.. Frame.Of(opcode, Bytes(length)), .. Frame.Text("behind")]),
        .. new[] { Opcode.Ping, Opcode.Pong, Opcode.Close }.Select(opcode =>
            Ends($"§5.5 a {opcode} frame that is fragmented", 1002, [.. Frame.Of(opcode, Bytes(3), fin: false), .. Frame.Last("b")])),
        .. new[] { Opcode.Ping, Opcode.Pong, Opcode.Close }.Select(opcode =>
            Ends($"§5.5 a {opcode} frame that is fragmented, in the middle of a message", 1002, [.. Frame.Text("a", fin: false), .. Frame.Of(opcode, [], fin: false)])),
        Ends("§5.5 the length of a control frame is judged as soon as its byte is there", 1002, [0x89, 0xFE]),
        Ends("§5.5 the FIN of a control frame is judged as soon as its byte is there", 1002, [0x09]),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);


    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(3 + i))];
}
