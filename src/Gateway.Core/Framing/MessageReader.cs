using System.Diagnostics;
using System.Runtime.CompilerServices;
using Gateway.Core.Buffers;

namespace Gateway.Core.Framing;

/// <summary>
/// Makes messages of a client's bytes, however they are cut (RFC 6455 §5.4, §6.2). A field of its connection: at rest it owns nothing, and
/// a message that lies whole in the input is unmasked where it is and handed out without a copy.
/// </summary>
internal partial struct MessageReader
{
    /// <summary>Fragments of a message that have no payload; the bound on a message's size does not see them. No sender needs any.</summary>
    public const ushort MaxEmptyFragments = 65_535;

    // The message's payload so far, unmasked, and behind it that of a control frame between its fragments. Rented when a payload comes in
    // part.
    private object? _rented;
    private int _messageLength; // bytes of the message in Buffer
    private byte _controlLength; // bytes of the control frame behind them
    private int _remaining; // payload bytes of the current frame that have not come
    private uint _maskKey; // turned to the first of them
    private ushort _emptyFragments; // of the message
    private HeaderBytes _header;
    private byte _headerLength; // bytes in _header; 0 between headers
    private Opcode _messageOpcode; // Text or Binary within a message, Continuation (the default) between messages
    private Opcode _opcode; // of the current frame
    private bool _fin; // of the current frame
    private bool _inPayload; // the current frame's header is complete
    private bool _handedOut; // Buffer holds nothing but what the last read returned
    private ProtocolError _error; // sticks
    private Utf8Validator _utf8; // of the message, if it is text
    private DataKind _data; // of the message

    // As a field it would take eight bytes more of every connection: a structure with a reference is not laid among the others.
    private RentedBytes Buffer
    {
        readonly get => new(_rented);
        set => _rented = value.Memory;
    }

    /// <summary>Bytes rented for a message that has come in part.</summary>
    public readonly int PartialBytes => Buffer.Length;

    /// <summary>Whether a message, or a frame, has begun and not ended.</summary>
    public readonly bool IsWithin => _messageOpcode != Opcode.Continuation || _inPayload || _headerLength > 0;

    /// <summary>Reads the next message or control frame.</summary>
    /// <param name="settings">The node's.</param>
    /// <param name="input">
    /// What has come. Advanced past what was consumed, which is everything on <see cref="ReadStatus.NeedMore"/> and
    /// <see cref="ReadStatus.Error"/>; its bytes are overwritten.
    /// </param>
    /// <param name="message">
    /// Valid until the next read. Read until <see cref="ReadStatus.NeedMore"/>: that is when a buffer that was handed out goes back.
    /// </param>
    /// <param name="isHopeless">Judges compressed messages while they are decompressed; null: nobody does.</param>
    public ReadStatus Read(MessageReaderSettings settings, ref Span<byte> input, out InboundMessage message, HopelessBeginning? isHopeless = null)
    {
        ReturnHandedOut(settings);
        message = default;
        while (_error == ProtocolError.None)
        {
            if (!_inPayload && !TryReadHeader(settings, ref input))
            {
                if (_error != ProtocolError.None)
                    break;
                return ReadStatus.NeedMore;
            }

            var available = Math.Min(_remaining, input.Length);
            var piece = input[..available];
            input = input[available..];
            if (_opcode.IsControl())
            {
                if (TryReadControl(settings, piece, out var payload))
                {
                    message = new InboundMessage(_opcode, payload);
                    return ReadStatus.Control;
                }
            }
            else if (TryReadData(settings, piece, isHopeless, out var payload))
            {
                message = new InboundMessage(_messageOpcode, payload);
                _messageOpcode = Opcode.Continuation;
                return ReadStatus.Message;
            }

            if (_inPayload && _error == ProtocolError.None)
                return ReadStatus.NeedMore;
        }

        Release(settings);
        input = default;
        message = new InboundMessage(_error);
        return ReadStatus.Error;
    }

    /// <summary>Returns what the last message stood in, which nobody looks at any more. A part of the next one stays.</summary>
    public void ReturnHandedOut(MessageReaderSettings settings)
    {
        if (_handedOut)
            ReturnBuffer(settings);
    }

    /// <summary>Returns what is rented. At the end of a connection; a reader that is within a message cannot go on after it.</summary>
    public void Release(MessageReaderSettings settings) => ReturnBuffer(settings);

    /// <summary>From now on payloads of messages are neither kept nor judged, nor are there messages: only control frames are looked for.</summary>
    public void SkipData(MessageReaderSettings settings)
    {
        if (_data == DataKind.Skipped)
            return;
        _data = DataKind.Skipped;
        ReturnBuffer(settings);
    }

    private void ReturnBuffer(MessageReaderSettings settings)
    {
        _handedOut = false;
        if (Buffer.IsNone)
            return;
        var buffer = Buffer;
        Buffer = default;
        settings.Buffers.Return(buffer);
        _messageLength = 0;
        _controlLength = 0;
    }

    private bool TryReadHeader(MessageReaderSettings settings, ref Span<byte> input)
    {
        if (input.IsEmpty)
            return false;
        if (_headerLength != 0 || !FrameHeader.TryDecode(input, out var header, out var consumed))
            return TryReadPartialHeader(settings, ref input);
        if (!Judge(settings, input))
            return false;
        input = input[consumed..];
        return TryBeginFrame(header);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadPartialHeader(MessageReaderSettings settings, ref Span<byte> input)
    {
        // What is taken beyond the header's end, since its size is not known yet, is not counted as consumed.
        Span<byte> bytes = _header;
        var taken = Math.Min(input.Length, FrameHeader.MaxSize - _headerLength);
        input[..taken].CopyTo(bytes[_headerLength..]);
        bytes = bytes[..(_headerLength + taken)];
        if (!Judge(settings, bytes))
            return false;
        if (!FrameHeader.TryDecode(bytes, out var header, out var size))
        {
            Debug.Assert(taken == input.Length, "A header of 14 bytes is complete.");
            _headerLength += (byte)taken;
            input = default;
            return false;
        }

        input = input[(size - _headerLength)..];
        _headerLength = 0;
        return TryBeginFrame(header);
    }

    private bool Judge(MessageReaderSettings settings, ReadOnlySpan<byte> header)
    {
        _error = FrameRules.Judge(header, inMessage: _messageOpcode != Opcode.Continuation, settings.NegotiatedRsv);
        if (_error != ProtocolError.None)
            return false;
        // §10.4: the limit counts all fragments, and the claim is enough. A control frame is bounded by §5.5.
        if (FrameHeader.TryDecodeLength(header, out var length, out _)
            && length > settings.MaxMessageBytes - _messageLength
            && IsTooMuch(settings, header[0], length))
        {
            _error = ProtocolError.MessageTooBig;
            return false;
        }

        return true;
    }

    /// <summary>Judges the length that a frame claims, when it is more than a plain message may have left.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool IsTooMuch(MessageReaderSettings settings, byte first, long length)
    {
        if (((Opcode)(first & FrameHeader.OpcodeBits)).IsControl())
            return false;
        var isCompressed = _messageOpcode == Opcode.Continuation ? (first & FrameHeader.Rsv1Bit) != 0 : _data == DataKind.Compressed;
        return !isCompressed || length > settings.MaxCompressedBytes - _messageLength;
    }

    /// <summary>Most that the current message may have, as it comes.</summary>
    private readonly int MaxBytes(MessageReaderSettings settings) => _data == DataKind.Compressed ? settings.MaxCompressedBytes : settings.MaxMessageBytes;

    private bool TryBeginFrame(in FrameHeader header)
    {
        _opcode = header.Opcode;
        _fin = header.Fin;
        _remaining = (int)header.PayloadLength;
        _maskKey = header.MaskKey;
        _inPayload = true;
        if (_opcode is Opcode.Text or Opcode.Binary)
        {
            _messageOpcode = _opcode;
            _utf8 = default;
            _emptyFragments = 0;
            if (_data != DataKind.Skipped)
                _data = header.Rsv != 0 ? DataKind.Compressed : DataKind.Plain;
        }

        // Fragments without payload would otherwise be a message without end.
        if (!_fin && _remaining == 0 && _emptyFragments++ == MaxEmptyFragments)
            _error = ProtocolError.MessageTooBig;
        return _error == ProtocolError.None;
    }

    /// <summary>What becomes of a message's payload.</summary>
    private enum DataKind : byte
    {
        Plain,

        /// <summary>It is kept as it comes until it is whole.</summary>
        Compressed,

        /// <summary>Nobody wants messages any more.</summary>
        Skipped,
    }

    [InlineArray(FrameHeader.MaxSize)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
