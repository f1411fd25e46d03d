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
            if (!TryAppend(settings, piece, _messageLength + _controlLength))
                return Nothing(out payload);
            _controlLength += (byte)piece.Length;
            payload = Buffer.AsSpan(_messageLength, _controlLength);
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

    private bool TryReadData(MessageReaderSettings settings, Span<byte> piece, HopelessBeginning? isHopeless, out ReadOnlySpan<byte> payload)
    {
        var isLast = _fin && piece.Length == _remaining;
        if (_data != DataKind.Plain)
            return _data == DataKind.Skipped ? Skip(piece, isLast, out payload) : TryReadCompressed(settings, piece, isLast, isHopeless, out payload);
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
        if (!TryAppend(settings, piece, start))
            return Nothing(out payload);
        _messageLength += piece.Length;
        _inPayload = _remaining > 0;
        payload = Buffer.AsSpan(0, _messageLength);
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

    /// <summary>Unmasks a piece of the current frame into the buffer. False: the node has no room for it.</summary>
    private bool TryAppend(MessageReaderSettings settings, ReadOnlySpan<byte> piece, int at)
    {
        if (piece.IsEmpty)
            return true;
        if ((Buffer.IsNone || Buffer.Length - at < piece.Length) && !TryGrow(settings, at, at + piece.Length))
            return false;
        Masking.Apply(piece, Buffer.AsSpan(at), _maskKey);
        _maskKey = Masking.Rotate(_maskKey, piece.Length);
        _remaining -= piece.Length;
        return true;
    }

    /// <summary>
    /// Doubles the buffer, so that a message of n bytes costs at most 2n of copying, but never beyond what the current frame can fill:
    /// memory follows what has come, not what a header claims.
    /// </summary>
    private bool TryGrow(MessageReaderSettings settings, int kept, int needed)
    {
        var most = _fin ? (long)kept + _remaining : MaxBytes(settings) + (long)FrameRules.MaxControlPayload;
        return TryReplaceBuffer(settings, kept, (int)Math.Max(needed, Math.Min(2L * Buffer.Length, most)));
    }

    private bool TryReplaceBuffer(MessageReaderSettings settings, int kept, int length)
    {
        if (!settings.Buffers.TryRentForMessage(length, out var larger))
        {
            _error = ProtocolError.NoRoom;
            return false;
        }

        if (!Buffer.IsNone)
        {
            Buffer.AsSpan(0, kept).CopyTo(larger.AsSpan());
            settings.Buffers.Return(Buffer);
        }

        Buffer = larger;
        return true;
    }

    private bool Skip(ReadOnlySpan<byte> piece, bool isLast, out ReadOnlySpan<byte> payload)
    {
        _remaining -= piece.Length;
        _inPayload = _remaining > 0;
        if (isLast)
            _messageOpcode = Opcode.Continuation;
        return Nothing(out payload);
    }

    private static bool Nothing(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        return false;
    }
}
