using Gateway.Core.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>A client's frames, compared with a stream of ordinary messages of 64 bytes: a turn ends after so many messages, a block after so many bytes.</summary>
internal sealed class FrameCost : ICostTarget
{
    private static readonly MessageReaderSettings Settings = new(1024 * 1024, new BufferPool());

    public string Name => "frame";

    public int MaxBytes => 64 * 1024;

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [0x81, 0x80, 0, 0, 0, 0], [0x01, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0], [0x89, 0x80, 0, 0, 0, 0], [0x8A, 0x81, 1, 2, 3, 4, 5],
        [0x00, 0x81, 1, 2, 3, 4, 0x62], [0x82, 0xFE, 0, 126], [0x81, 0xFE, 0x10, 0x00, 0, 0, 0, 0], [0xC3, 0xA4], [0xF0, 0x9F, 0x98, 0x80],
    ];

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        Case("fragments of a byte", Frame(Opcode.Text, false, "a"u8), Frame(Opcode.Continuation, false, "a"u8)),
        Case("empty fragments", Frame(Opcode.Binary, false, []), Frame(Opcode.Continuation, false, [])),
        Case("characters cut in fragments", Frame(Opcode.Text, false, []), [.. Frame(Opcode.Continuation, false, [0xF0]), .. Frame(Opcode.Continuation, false, [0x9F]), .. Frame(Opcode.Continuation, false, [0x98]), .. Frame(Opcode.Continuation, false, [0x80])]),
        Case("empty messages", [], Frame(Opcode.Text, true, [])),
        Case("empty pings", [], Frame(Opcode.Ping, true, [])),
        Case("empty pongs between fragments", Frame(Opcode.Text, false, "a"u8), Frame(Opcode.Pong, true, [])),
    ];

    public byte[] Generate(Random random)
    {
        var bytes = new List<byte>();
        var isOpen = false;
        for (var frames = random.Next(1, 200); frames > 0; frames--)
        {
            var isControl = random.Next(4) == 0;
            var fin = isControl || random.Next(3) == 0;
            var opcode = isControl ? random.One([Opcode.Ping, Opcode.Pong]) : isOpen ? Opcode.Continuation : random.One([Opcode.Text, Opcode.Binary]);
            if (!isControl)
                isOpen = !fin;
            bytes.AddRange(Frame(opcode, fin, new byte[random.One([0, 0, 1, 1, 2, 7, 125, 300])]));
        }

        return [.. bytes];
    }

    public Action Ordinary(int size) => Prepare(Repeat([], Frame(Opcode.Text, true, "{\"type\":\"publish\",\"channel\":\"chat:17\",\"data\":\"how are you?\"}.."u8), size));

    public Action Prepare(byte[] input)
    {
        var bytes = new byte[input.Length];
        return () =>
        {
            input.CopyTo(bytes, 0); // payloads are unmasked in place
            Span<byte> rest = bytes;
            var reader = default(MessageReader);
            while (reader.Read(Settings, ref rest, out _) is not (ReadStatus.NeedMore or ReadStatus.Error))
            {
            }

            reader.Release(Settings);
        };
    }

    private static CostCase Case(string name, byte[] head, byte[] piece) => new(name, size => Repeat(head, piece, size));

    private static byte[] Repeat(byte[] head, byte[] piece, int size)
    {
        var bytes = new List<byte>(head);
        do
            bytes.AddRange(piece);
        while (bytes.Count + piece.Length <= size);
        return [.. bytes];
    }

    private static byte[] Frame(Opcode opcode, bool fin, ReadOnlySpan<byte> payload)
    {
        const uint Key = 0x01020304;
        var frame = new byte[FrameHeader.SizeOf(payload.Length, masked: true) + payload.Length];
        var head = new FrameHeader(fin, 0, opcode, payload.Length, Key).Write(frame);
        payload.CopyTo(frame.AsSpan(head));
        Masking.Apply(frame.AsSpan(head), Key);
        return frame;
    }
}
