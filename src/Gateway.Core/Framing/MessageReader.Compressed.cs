using System.Runtime.CompilerServices;

namespace Gateway.Core.Framing;

/// <content>
/// Compressed payloads (RFC 7692 §6.2): decompressed as they come, into the buffer in which plain ones are joined. The size limit is
/// judged while decompressing, and so is UTF-8.
/// </content>
internal partial struct MessageReader
{
    // Text shrinks to a quarter or so. A first guess that is right costs one rent; a bomb costs four times as many bytes as it sends.
    private const int GuessedRatio = 4;
    private const int LeastGuess = 512;

    // Eight times the last buffer, and the whole limit once that is a quarter of it: the buffers of a bomb before its last one take a
    // third of the limit together, or what the first guess was.
    private const int GrowthFactor = 8;
    private const int LastStep = 4;

    /// <summary>
    /// Judges the length that a frame claims, when it is more than a plain one may have. What a compressed one becomes is not known
    /// before it is decompressed.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool IsTooMuch(MessageReaderSettings settings, byte first, long length)
    {
        if (((Opcode)(first & FrameHeader.OpcodeBits)).IsControl())
            return false;
        var isCompressed = _inflater is not null || (first & FrameHeader.Rsv1Bit) != 0;
        return !isCompressed || length > settings.MaxCompressedBytes - (_inflater?.Received ?? 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginCompressed(MessageReaderSettings settings) => _inflater = settings.Inflaters!.Rent();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryInflateData(MessageReaderSettings settings, Span<byte> piece, bool isLast, out ReadOnlySpan<byte> payload)
    {
        Masking.Apply(piece, _maskKey);
        _maskKey = Masking.Rotate(_maskKey, piece.Length);
        _remaining -= piece.Length;
        _inPayload = _remaining > 0;
        payload = default;
        if ((!piece.IsEmpty && !TryInflate(settings, piece)) || !isLast)
            return false;

        var compressed = _inflater!.Received;
        payload = _buffer.AsSpan(0, _messageLength);
        if (!_inflater.TryFinish(payload))
            _error = ProtocolError.InvalidDeflate;
        else if (IsValid([], isLast))
            settings.Inflaters!.Counters.Add(_messageLength, compressed);
        if (_error != ProtocolError.None)
            return false;
        ReturnInflater(settings);
        _messageLength = 0;
        _handedOut = true;
        return true;
    }

    /// <summary>Decompresses a piece; false when the message breaks a rule.</summary>
    private bool TryInflate(MessageReaderSettings settings, ReadOnlySpan<byte> piece)
    {
        while (true)
        {
            var start = _messageLength;
            var end = Math.Min(_buffer?.Length ?? 0, settings.MaxMessageBytes);
            var status = _inflater!.Inflate(ref piece, _buffer.AsSpan(0, start), _buffer.AsSpan(start, end - start), out var written);
            if (status == InflateStatus.NeedsOutput && end == settings.MaxMessageBytes)
                status = InflateBeyondLimit(ref piece, start + written);
            _messageLength += written;
            // What was written stands before what could not be: in this order the verdict does not depend on how the bytes came.
            if (!IsValid(_buffer.AsSpan(start, written), isLast: false))
                return false;
            if (status == InflateStatus.Invalid)
                _error = ProtocolError.InvalidDeflate;
            else if (status == InflateStatus.TooManyStreams)
                _error = ProtocolError.TooManyDeflateStreams;
            else if (status == InflateStatus.NeedsOutput && end == settings.MaxMessageBytes)
                _error = ProtocolError.MessageTooBig;
            if (_error != ProtocolError.None)
                return false;
            if (status == InflateStatus.NeedsInput)
                return true;
            GrowInflated(settings, piece.Length);
        }
    }

    /// <summary>A message of exactly the limit may end with bits that say nothing more: one byte more decides.</summary>
    private readonly InflateStatus InflateBeyondLimit(ref ReadOnlySpan<byte> piece, int length)
    {
        Span<byte> beyond = stackalloc byte[1];
        var status = _inflater!.Inflate(ref piece, _buffer.AsSpan(0, length), beyond, out var written);
        return written > 0 ? InflateStatus.NeedsOutput : status;
    }

    private void GrowInflated(MessageReaderSettings settings, int ahead)
    {
        var guess = Math.Max((long)GrowthFactor * _messageLength, _messageLength + Math.Max(LeastGuess, (long)GuessedRatio * ahead));
        var isLast = guess >= settings.MaxMessageBytes / (_messageLength == 0 ? 1 : LastStep);
        var grown = settings.Buffers.Rent(isLast ? settings.MaxMessageBytes : (int)guess);
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, _messageLength).CopyTo(grown);
            settings.Buffers.Return(_buffer);
        }

        _buffer = grown;
    }

    private void ReturnInflater(MessageReaderSettings settings)
    {
        if (_inflater is null)
            return;
        settings.Inflaters!.Return(_inflater);
        _inflater = null;
    }
}
