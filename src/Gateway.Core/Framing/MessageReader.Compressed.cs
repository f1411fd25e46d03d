using System.Runtime.CompilerServices;

namespace Gateway.Core.Framing;

/// <content>
/// Compressed payloads (RFC 7692 §6.2): kept as they came, as plain ones are, and decompressed when the message is whole. A message in part
/// so costs the node what it has cost its client, and not what it will become; an inflater is rented for a call and never while a peer is
/// waited for. The size limit is judged while decompressing, and so is UTF-8.
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

    // Where the judge looks first: what a message begins with is known long before its first buffer is full.
    private const int FirstLook = 4096;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadCompressed(MessageReaderSettings settings, Span<byte> piece, bool isLast, HopelessBeginning? isHopeless, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (isLast && _messageLength == 0)
        {
            Masking.Apply(piece, _maskKey);
            _inPayload = false;
            return TryInflate(settings, piece, isHopeless, out payload);
        }

        if (!TryAppend(settings, piece, _messageLength))
            return false;
        _messageLength += piece.Length;
        _inPayload = _remaining > 0;
        if (!isLast)
            return false;

        // What it becomes stands in the buffer's place.
        var (whole, length) = (Buffer, _messageLength);
        (Buffer, _messageLength) = (default, 0);
        try
        {
            return TryInflate(settings, whole.AsSpan(0, length), isHopeless, out payload);
        }
        finally
        {
            settings.Buffers.Return(whole);
        }
    }

    /// <summary>Decompresses a whole message; false when it breaks a rule, or the node has no room for it.</summary>
    private bool TryInflate(MessageReaderSettings settings, ReadOnlySpan<byte> compressed, HopelessBeginning? isHopeless, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        // What the next message refers to has to be known to its end.
        isHopeless = settings.Inflaters!.KeepsHistory ? null : isHopeless;
        if (!settings.Inflaters.TryRent(out var inflater))
        {
            _error = ProtocolError.NoRoom;
            return false;
        }

        try
        {
            var size = compressed.Length;
            var isWhole = true;
            if (!compressed.IsEmpty && !TryInflate(settings, inflater, compressed, isHopeless, out isWhole))
                return false;
            payload = Buffer.AsSpan(0, _messageLength);
            if (!isWhole)
                settings.Inflaters.Counters.Add(_messageLength, size);
            else if (!inflater.TryFinish(payload))
                _error = ProtocolError.InvalidDeflate;
            else if (IsValid([], isLast: true))
                settings.Inflaters.Counters.Add(_messageLength, size);
        }
        finally
        {
            settings.Inflaters.Return(inflater);
        }

        _messageLength = 0;
        _handedOut = !Buffer.IsNone;
        return _error == ProtocolError.None;
    }

    private bool TryInflate(MessageReaderSettings settings, MessageInflater inflater, ReadOnlySpan<byte> compressed, HopelessBeginning? isHopeless, out bool isWhole)
    {
        isWhole = true;
        while (true)
        {
            var start = _messageLength;
            var end = Math.Min(Buffer.Length, settings.MaxMessageBytes);
            if (isHopeless is not null && start == 0)
                end = Math.Min(end, FirstLook);
            var status = inflater.Inflate(ref compressed, Buffer.AsSpan(0, start), Buffer.AsSpan(start, end - start), out var written);
            if (status == InflateStatus.NeedsOutput && end == settings.MaxMessageBytes)
                status = InflateBeyondLimit(inflater, ref compressed, start + written);
            _messageLength += written;
            // What was written stands before what could not be.
            if (!IsValid(Buffer.AsSpan(start, written), isLast: false))
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
            // Asked at the first look, and as often as the buffer grows: some five times a message.
            isWhole = _messageLength == 0 || isHopeless?.Invoke(Buffer.AsSpan(0, _messageLength)) != true;
            if (!isWhole)
                return true;
            if (_messageLength == Buffer.Length && !TryGrowInflated(settings, compressed.Length))
                return false;
        }
    }

    /// <summary>A message of exactly the limit may end with bits that say nothing more: one byte more decides.</summary>
    private readonly InflateStatus InflateBeyondLimit(MessageInflater inflater, ref ReadOnlySpan<byte> compressed, int length)
    {
        Span<byte> beyond = stackalloc byte[1];
        var status = inflater.Inflate(ref compressed, Buffer.AsSpan(0, length), beyond, out var written);
        return written > 0 ? InflateStatus.NeedsOutput : status;
    }

    private bool TryGrowInflated(MessageReaderSettings settings, int ahead)
    {
        var guess = Math.Max((long)GrowthFactor * _messageLength, _messageLength + Math.Max(LeastGuess, (long)GuessedRatio * ahead));
        var isLast = guess >= settings.MaxMessageBytes / LastStep;
        return TryReplaceBuffer(settings, kept: _messageLength, isLast ? settings.MaxMessageBytes : (int)guess);
    }
}
