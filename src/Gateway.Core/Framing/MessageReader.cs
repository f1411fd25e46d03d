using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gateway.Core.Framing;

/// <summary>
/// Makes messages of a client's bytes, however they are cut (RFC 6455 §5.4, §6.2). A field of its connection: at rest it owns nothing, and a message that
/// lies whole in the input is unmasked where it is and handed out without a copy.
/// </summary>
internal struct MessageReader
{
    // The message's payload so far, unmasked, and behind it that of a control frame between its fragments. Rented when a payload comes in part.
    private byte[]? _buffer;
    private int _messageLength; // bytes of the message in _buffer
    private int _controlLength; // bytes of the control frame behind them
    private int _remaining; // payload bytes of the current frame that have not come
    private uint _maskKey; // turned to the first of them
    private HeaderBytes _header;
    private byte _headerLength; // bytes in _header; 0 between headers
    private Opcode _messageOpcode; // Text or Binary within a message, Continuation (the default) between messages
    private Opcode _opcode; // of the current frame
    private bool _fin; // of the current frame
    private bool _inPayload; // the current frame's header is complete
    private bool _handedOut; // _buffer holds nothing but what the last read returned
    private ProtocolError _error; // sticks
    private Utf8Validator _utf8; // of the message, if it is text

    /// <summary>Reads the next message or control frame.</summary>
    /// <param name="settings">The node's.</param>
    /// <param name="input">
    /// What has come. Advanced past what was consumed, which is everything on <see cref="ReadStatus.NeedMore"/> and <see cref="ReadStatus.Error"/>; its bytes are overwritten.
    /// </param>
    /// <param name="message">Valid until the next read. Read until <see cref="ReadStatus.NeedMore"/>: that is when a buffer that was handed out goes back.</param>
    public ReadStatus Read(MessageReaderSettings settings, ref Span<byte> input, out InboundMessage message)
    {
        if (_handedOut)
            Release(settings);
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
            else if (TryReadData(settings, piece, out var payload))
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

    /// <summary>Returns what is rented. At the end of a connection; a reader that is within a message cannot go on after it.</summary>
    public void Release(MessageReaderSettings settings)
    {
        _handedOut = false;
        if (_buffer is null)
            return;
        settings.Buffers.Return(_buffer);
        _buffer = null;
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
        BeginFrame(header);
        return true;
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
        BeginFrame(header);
        return true;
    }

    private bool Judge(MessageReaderSettings settings, ReadOnlySpan<byte> header)
    {
        _error = FrameRules.Judge(header, inMessage: _messageOpcode != Opcode.Continuation);
        if (_error != ProtocolError.None)
            return false;
        // §10.4: the limit counts all fragments, and the claim is enough. A control frame is bounded by §5.5.
        if (FrameHeader.TryDecodeLength(header, out var length, out _)
            && length > settings.MaxMessageBytes - _messageLength
            && !((Opcode)(header[0] & FrameHeader.OpcodeBits)).IsControl())
        {
            _error = ProtocolError.MessageTooBig;
            return false;
        }

        return true;
    }

    private void BeginFrame(in FrameHeader header)
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
        }
    }

    private bool TryReadControl(MessageReaderSettings settings, Span<byte> piece, out ReadOnlySpan<byte> payload)
    {
        var isWhole = piece.Length == _remaining;
        if (isWhole && _controlLength == 0)
        {
            Masking.Apply(piece, _maskKey);
            payload = piece;
        }
        else
        {
            Append(settings, piece, _messageLength + _controlLength);
            _controlLength += piece.Length;
            payload = _buffer.AsSpan(_messageLength, _controlLength);
            if (!isWhole)
                return false;
            _controlLength = 0;
            _handedOut = _messageLength == 0;
        }

        _inPayload = false;
        if (_opcode == Opcode.Close)
            _error = FrameRules.JudgeClose(payload);
        return _error == ProtocolError.None;
    }

    private bool TryReadData(MessageReaderSettings settings, Span<byte> piece, out ReadOnlySpan<byte> payload)
    {
        var isLast = _fin && piece.Length == _remaining;
        if (isLast && _messageLength == 0)
        {
            Masking.Apply(piece, _maskKey);
            _inPayload = false;
            payload = piece;
            return IsValid(piece, isLast);
        }

        return TryAppendData(settings, piece, isLast, out payload);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAppendData(MessageReaderSettings settings, Span<byte> piece, bool isLast, out ReadOnlySpan<byte> payload)
    {
        var start = _messageLength;
        Append(settings, piece, start);
        _messageLength += piece.Length;
        _inPayload = _remaining > 0;
        payload = _buffer.AsSpan(0, _messageLength);
        if (!IsValid(payload[start..], isLast) || !isLast)
            return false;
        _messageLength = 0;
        _handedOut = true;
        return true;
    }

    /// <summary>§8.1: text that is not UTF-8 fails the connection, and as soon as that is certain.</summary>
    private bool IsValid(ReadOnlySpan<byte> piece, bool isLast)
    {
        if (_messageOpcode == Opcode.Text && !(isLast ? _utf8.AppendLast(piece) : _utf8.Append(piece)))
            _error = ProtocolError.InvalidUtf8;
        return _error == ProtocolError.None;
    }

    /// <summary>Unmasks a piece of the current frame into the buffer.</summary>
    private void Append(MessageReaderSettings settings, ReadOnlySpan<byte> piece, int at)
    {
        if (piece.IsEmpty)
            return;
        if (_buffer is null || _buffer.Length - at < piece.Length)
            Grow(settings, at, at + piece.Length);
        Masking.Apply(piece, _buffer.AsSpan(at), _maskKey);
        _maskKey = Masking.Rotate(_maskKey, piece.Length);
        _remaining -= piece.Length;
    }

    /// <summary>
    /// Doubles the buffer, so that a message of n bytes costs at most 2n of copying, but never beyond what the current frame can fill: memory follows what has come, not
    /// what a header claims.
    /// </summary>
    private void Grow(MessageReaderSettings settings, int kept, int needed)
    {
        var most = _fin ? (long)kept + _remaining : settings.MaxMessageBytes + (long)FrameRules.MaxControlPayload;
        var length = (int)Math.Max(needed, Math.Min(2L * (_buffer?.Length ?? 0), most));
        var grown = settings.Buffers.Rent(length);
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, kept).CopyTo(grown);
            settings.Buffers.Return(_buffer);
        }

        _buffer = grown;
    }

    [InlineArray(FrameHeader.MaxSize)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
