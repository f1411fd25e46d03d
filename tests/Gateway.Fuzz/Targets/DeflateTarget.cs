using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;
using Gateway.Fuzz.Deflate;

namespace Gateway.Fuzz.Targets;

/// <summary>A client's compressed messages (RFC 7692 §7.2). One byte for what was agreed to, <see cref="DeflateSettings"/>, then frames.</summary>
internal sealed class DeflateTarget : IFuzzTarget
{
    public string Name => "deflate";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [0xC1, 0x80, 0, 0, 0, 0], [0xC2, 0x80, 0, 0, 0, 0], [0x41, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0], [0x89, 0x80, 0, 0, 0, 0],
        [0xC1, 0x81, 0, 0, 0, 0, 0], [0xC1, 0x87, 0, 0, 0, 0, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [0xC2, 0x85, 0, 0, 0, 0, 0xF2, 0x00, 0x11, 0x00, 0x00],
        [0xC0], [0x00, 0x00, 0xFF, 0xFF], [0x00, 0x00, 0x00, 0xFF, 0xFF], [0x03, 0x00], [0x01, 0x00, 0x00, 0xFF, 0xFF], [0x07], [0x05],
    ];

    public byte[] Generate(Random random)
    {
        var settings = new DeflateSettings((byte)random.Next(64));
        var messages = new DeflateGenerator(settings, random);
        var frames = new List<byte> { settings.Choice };
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            if (random.Next(6) == 0)
                AddFrame(frames, random.One([Opcode.Text, Opcode.Binary]), fin: true, rsv: 0, "plain"u8, random);
            var isText = random.Next(2) == 0;
            AddMessage(frames, isText ? Opcode.Text : Opcode.Binary, messages.Next(isText).Compressed, random);
        }

        return [.. frames];
    }

    public string Check(ReadOnlySpan<byte> input, Random random)
    {
        if (input.IsEmpty)
            return "nothing";
        var settings = new DeflateSettings(input[0]);
        var frames = input[1..];
        var slow = new SlowReader(settings);
        slow.Read(frames);
        var whole = Read(frames, [frames.Length], settings);
        var cut = Read(frames, Cuts.Of(frames.Length, random), settings);
        if (slow.IsBeyondWindow)
        {
            // What was right before it, was read. zlib notices such a reference when what it refers to has come in another piece.
            slow.Transcript.ExpectBeginning(whole, "Whole");
            slow.Transcript.ExpectBeginning(cut, "Cut");
            return "beyond the window";
        }

        slow.Transcript.ExpectSame(whole, "Whole");
        slow.Transcript.ExpectSame(cut, "Cut");
        if (whole.Error != ProtocolError.None)
            return whole.Error.ToString();
        return whole.Counted.Messages > 0 ? "compressed messages" : whole.Events > 0 ? "messages" : "incomplete";
    }

    private static DeflateTranscript Read(ReadOnlySpan<byte> input, List<int> cuts, DeflateSettings choice)
    {
        var transcript = new DeflateTranscript();
        var buffers = new BufferPool();
        var counters = new CompressionCounters();
        var pool = new CountedPool<MessageInflater>(static () => new MessageInflater(Zlib.MaxWindowBits, keepsHistory: false), maxRetained: 1, MessageInflater.SizeOf(Zlib.MaxWindowBits, keepsHistory: false));
        using var own = choice.WithTakeover ? new DedicatedInflater(choice.WindowBits, buffers.Account, counters) : null;
        var settings = new MessageReaderSettings(choice.MaxMessageBytes, buffers, (InflaterSource?)own ?? new SharedInflaters(pool, counters));
        var reader = default(MessageReader);
        var at = 0;
        foreach (var cut in cuts)
        {
            // A copy: payloads are unmasked in place.
            Span<byte> rest = input[at..cut].ToArray();
            at = cut;
            while (transcript.Error == ProtocolError.None)
            {
                var status = reader.Read(settings, ref rest, out var message);
                Property.Holds(buffers.Rented <= 1 && pool.Rented <= 1, "A reader rents one buffer and one inflater at most.");
                if (status == ReadStatus.NeedMore)
                    break;
                Property.Holds(transcript.Events <= input.Length, "There are more messages than bytes.");
                Property.Holds(message.Payload.Length <= choice.MaxMessageBytes, "A message is within the limit.");
                if (status == ReadStatus.Error)
                    transcript.Error = message.Error;
                else
                    transcript.Add(message.Opcode, message.Payload);
            }
        }

        reader.Release(settings);
        Property.Equal((0, 0), (buffers.Rented, pool.Rented), "Rentals at the end");
        own?.Dispose();
        Property.Equal(0L, buffers.Account.TotalBytes, "The account at the end");
        pool.Rent().Dispose();
        transcript.Count((counters.Messages.Value, counters.OriginalBytes.Value, counters.CompressedBytes.Value));
        return transcript;
    }

    /// <summary>In fragments, perhaps, with control frames between.</summary>
    private static void AddMessage(List<byte> frames, Opcode opcode, ReadOnlySpan<byte> compressed, Random random)
    {
        var isFirst = true;
        for (var more = random.Next(2) * random.Next(4); more >= 0; more--)
        {
            var piece = more == 0 ? compressed : compressed[..random.Next(compressed.Length + 1)];
            compressed = compressed[piece.Length..];
            var rsv = isFirst ? FrameHeader.Rsv1 : random.Next(60) == 0 ? (byte)random.Next(8) : (byte)0;
            AddFrame(frames, isFirst ? opcode : Opcode.Continuation, fin: more == 0, rsv, piece, random);
            isFirst = false;
            if (random.Next(4) == 0)
                AddFrame(frames, random.One([Opcode.Ping, Opcode.Pong]), fin: true, rsv: 0, random.Bytes(random.Next(10)), random);
        }
    }

    private static void AddFrame(List<byte> bytes, Opcode opcode, bool fin, byte rsv, ReadOnlySpan<byte> payload, Random random)
    {
        var key = random.Next(2) == 0 ? 0u : (uint)random.NextInt64(uint.MaxValue);
        var frame = new byte[FrameHeader.SizeOf(payload.Length, masked: true) + payload.Length];
        var head = new FrameHeader(fin, rsv, opcode, payload.Length, key).Write(frame);
        payload.CopyTo(frame.AsSpan(head));
        Masking.Apply(frame.AsSpan(head), key);
        bytes.AddRange(frame);
    }
}
