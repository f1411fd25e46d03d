using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Fuzz.Deflate;

/// <summary>
/// What a client's frames say, in the simplest way: frames are joined, and decompressed when the last one has come. The rules for headers are the engine's own; all that concerns compression is not.
/// </summary>
internal sealed class SlowReader(DeflateSettings settings)
{
    private readonly List<byte> _history = [];
    private readonly List<byte> _payload = []; // of the message, as it came
    private Opcode _opcode = Opcode.Continuation; // of the message; Continuation: there is none
    private bool _isCompressed;
    private bool _isStreamEnded; // by the last message that was compressed

    /// <summary>What was read, up to the end.</summary>
    public DeflateTranscript Transcript { get; } = new();

    /// <summary>A reference reached beyond the agreed window: what the engine says from here on depends on how the bytes came.</summary>
    public bool IsBeyondWindow { get; private set; }

    public void Read(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty && !IsBeyondWindow && Transcript.Error == ProtocolError.None)
        {
            Transcript.Error = FrameRules.Judge(input, _opcode != Opcode.Continuation, FrameHeader.Rsv1);
            if (Transcript.Error != ProtocolError.None)
                return;
            if (FrameHeader.TryDecodeLength(input, out var length, out _) && IsTooMuch(input[0], length))
                Transcript.Error = ProtocolError.MessageTooBig;
            else if (!FrameHeader.TryDecode(input, out var header, out var size))
                return;
            else
                ReadFrame(header, input[size..], out input);
        }
    }

    private bool IsTooMuch(byte first, long length)
    {
        if (((Opcode)(first & FrameHeader.OpcodeBits)).IsControl())
            return false;
        var isFirst = _opcode == Opcode.Continuation;
        var most = (isFirst ? (first & FrameHeader.Rsv1Bit) != 0 : _isCompressed) ? settings.MaxCompressedBytes : settings.MaxMessageBytes;
        return length > most - (isFirst ? 0 : _payload.Count);
    }

    private void ReadFrame(FrameHeader header, ReadOnlySpan<byte> input, out ReadOnlySpan<byte> rest)
    {
        var payload = input[..(int)Math.Min(header.PayloadLength, input.Length)].ToArray();
        rest = input[payload.Length..];
        Masking.Apply(payload, header.MaskKey);
        var isWhole = payload.Length == header.PayloadLength;
        if (header.Opcode.IsControl())
        {
            if (isWhole && header.Opcode == Opcode.Close)
                Transcript.Error = FrameRules.JudgeClose(payload);
            if (isWhole && Transcript.Error == ProtocolError.None)
                Transcript.Add(header.Opcode, payload);
            return;
        }

        if (header.Opcode != Opcode.Continuation)
        {
            (_opcode, _isCompressed) = (header.Opcode, header.Rsv != 0);
            _payload.Clear();
        }

        _payload.AddRange(payload);
        ReadMessage(isLast: header.Fin && isWhole);
    }

    /// <summary>The message so far; of a compressed one nothing is read before it is whole.</summary>
    private void ReadMessage(bool isLast)
    {
        if (_isCompressed && !isLast)
            return;
        byte[] message = [.. _payload];
        Transcript.Error = _isCompressed ? Decompress(out message) : ProtocolError.None;
        if (IsBeyondWindow)
            return;
        // RFC 6455 §8.1, and what the message has become before it is wrong in another way counts.
        if (_opcode == Opcode.Text && !IsText(message, isLast && Transcript.Error == ProtocolError.None))
            Transcript.Error = ProtocolError.InvalidUtf8;
        if (!isLast || Transcript.Error != ProtocolError.None)
            return;
        Transcript.Add(_opcode, message);
        if (_isCompressed)
            Transcript.Count(message.Length, _payload.Count);
        _opcode = Opcode.Continuation;
    }

    private ProtocolError Decompress(out byte[] message)
    {
        List<byte> text = settings.WithTakeover ? [.. _history] : [];
        var start = text.Count;
        var inflater = new SlowInflater([.. _payload], text, settings.Window, settings.MaxMessageBytes) { IsStreamEnded = settings.WithTakeover && _isStreamEnded };
        var end = inflater.Run();
        message = [.. text[start..]];
        IsBeyondWindow = end == SlowInflateEnd.BeyondWindow;
        if (end == SlowInflateEnd.Whole)
        {
            _isStreamEnded = inflater.IsStreamEnded;
            _history.AddRange(message);
            _history.RemoveRange(0, Math.Max(0, _history.Count - settings.Window));
        }

        return end switch
        {
            SlowInflateEnd.Whole => ProtocolError.None,
            SlowInflateEnd.TooBig => ProtocolError.MessageTooBig,
            SlowInflateEnd.TooManyStreams => ProtocolError.TooManyDeflateStreams,
            _ => ProtocolError.InvalidDeflate,
        };
    }

    /// <summary>Whether it is UTF-8, or the beginning of it.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out _, out var consumed);
            if (status != System.Buffers.OperationStatus.Done)
                return status == System.Buffers.OperationStatus.NeedMoreData && !isWhole;
            bytes = bytes[consumed..];
        }

        return true;
    }
}
