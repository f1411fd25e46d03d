using System.Runtime.CompilerServices;

namespace Gateway.Core.Framing;

/// <content>Payloads: unmasked where they are when they are whole, joined in a rented buffer when they are not.</content>
internal partial struct MessageReader
{
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
            _controlLength += (byte)piece.Length;
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
        if (_inflater is not null)
            return TryInflateData(settings, piece, isLast, out payload);
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
    /// Doubles the buffer, so that a message of n bytes costs at most 2n of copying, but never beyond what the current frame can fill:
    /// memory follows what has come, not what a header claims.
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
}
