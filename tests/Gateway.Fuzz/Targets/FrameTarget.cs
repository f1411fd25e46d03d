using System.Text.Unicode;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Fuzz.Targets;

/// <summary>A client's frames.</summary>
internal sealed class FrameTarget : IFuzzTarget
{
    // Small, so that inputs of some KiB pass it.
    private const int MaxMessageBytes = 2048;

    private static readonly int[] Sizes = [0, 0, 1, 2, 3, 7, 50, 124, 125, 126, 127, 500, 2047, 2048, 2049];
    private static readonly byte[][] Payloads = [.. new[] { "a", "\u00E4", "\u65E5", "\U0001F600" }.Select(System.Text.Encoding.UTF8.GetBytes)];
    private static readonly Opcode[] Opcodes =
        [Opcode.Text, Opcode.Text, Opcode.Binary, Opcode.Continuation, Opcode.Ping, Opcode.Pong, Opcode.Close, (Opcode)3, (Opcode)11];

    public string Name => "frame";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [0x81, 0x80, 0, 0, 0, 0], [0x01, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0], [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8],
        [0x89, 0x80, 0, 0, 0, 0], [0x82, 0xFE, 0, 126], [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0], [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xC1], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80],
    ];

    public byte[] Generate(Random random)
    {
        var bytes = new List<byte>();
        var isInMessage = false;
        for (var frames = random.Next(1, 8); frames > 0; frames--)
        {
            var isWrong = random.Next(20) == 0;
            var opcode = isWrong ? random.One(Opcodes) : random.Next(4) == 0 ? random.One([Opcode.Ping, Opcode.Pong]) : isInMessage ? Opcode.Continuation : random.One([Opcode.Text, Opcode.Binary]);
            var isControl = (byte)opcode >= 8;
            var fin = isControl || random.Next(2) == 0;
            if (!isControl)
                isInMessage = !fin;
            AddFrame(bytes, opcode, fin, isControl && !isWrong ? random.Next(126) : random.One(Sizes), random);
        }

        if (random.Next(3) == 0)
            AddFrame(bytes, Opcode.Close, fin: true, random.One([0, 2, 30]), random);
        return [.. bytes];
    }

    public string Check(ReadOnlySpan<byte> input, Random random)
    {
        var whole = Read(input, [input.Length]);
        Property.Equal(whole, Read(input, Cuts.Of(input.Length, random)), "What was read when cut");
        return whole.End;
    }

    private static Transcript Read(ReadOnlySpan<byte> input, List<int> cuts)
    {
        var buffers = new BufferPool();
        var settings = new MessageReaderSettings(MaxMessageBytes, buffers);
        var reader = default(MessageReader);
        var hash = default(HashCode);
        var (messages, at, end) = (0, 0, "");
        foreach (var cut in cuts)
        {
            // A copy: payloads are unmasked in place.
            Span<byte> rest = input[at..cut].ToArray();
            at = cut;
            while (end.Length == 0)
            {
                var status = reader.Read(settings, ref rest, out var message);
                Property.Holds(buffers.Rented <= 1, "A reader rents one buffer at most.");
                if (status == ReadStatus.NeedMore)
                    break;
                Property.Holds(++messages <= input.Length, "There are more messages than bytes.");
                Expect(status, message);
                hash.Add(status);
                hash.Add(message.Opcode);
                hash.AddBytes(message.Payload);
                if (status == ReadStatus.Error)
                    end = message.Error.ToString();
            }
        }

        reader.Release(settings);
        Property.Equal(0, buffers.Rented, "Rentals at the end");
        return new Transcript(messages, hash.ToHashCode(), end.Length > 0 ? end : messages > 0 ? "messages" : "incomplete");
    }

    private static void Expect(ReadStatus status, InboundMessage message)
    {
        switch (status)
        {
            case ReadStatus.Message:
                Property.Holds(message.Payload.Length <= MaxMessageBytes, "A message is within the limit.");
                Property.Holds(message.Opcode is Opcode.Text or Opcode.Binary, "A message is text or binary.");
                Property.Holds(message.Opcode != Opcode.Text || Utf8.IsValid(message.Payload), "Text is UTF-8.");
                break;
            case ReadStatus.Control:
                Property.Holds(message.Payload.Length <= 125 && message.Opcode is Opcode.Close or Opcode.Ping or Opcode.Pong, "A control frame is small.");
                break;
            default:
                Property.Holds(message.Error != ProtocolError.None, "An error has a name.");
                break;
        }
    }

    private static void AddFrame(List<byte> bytes, Opcode opcode, bool fin, int size, Random random)
    {
        var key = random.Next(3) == 0 ? 0u : (uint)random.NextInt64(uint.MaxValue);
        var frame = new byte[FrameHeader.SizeOf(size, masked: true) + size];
        var head = new FrameHeader(fin, random.Next(40) == 0 ? (byte)4 : (byte)0, opcode, size, key).Write(frame);
        var payload = frame.AsSpan(head);
        if (opcode == Opcode.Close && size >= 2)
            (payload[0], payload[1]) = ((byte)(random.One([1000, 1001, 1005, 3000, 4999, 5000, 999]) >> 8), (byte)random.Next(256));
        else if (random.Next(4) == 0)
            random.NextBytes(payload);
        else
            FillWithText(payload, random);
        Masking.Apply(payload, key);
        bytes.AddRange(frame);
    }

    private static void FillWithText(Span<byte> payload, Random random)
    {
        payload.Fill((byte)'.');
        var character = random.One(Payloads);
        // Perhaps to the very end, where the next fragment must go on.
        for (var at = random.Next(4); at < payload.Length; at += character.Length)
            character.AsSpan(0, Math.Min(character.Length, payload.Length - at)).CopyTo(payload[at..]);
    }

    private sealed record Transcript(int Messages, int Hash, string End);
}
