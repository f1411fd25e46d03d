using System.Diagnostics;

namespace Gateway.Core.Framing;

/// <summary>
/// Decompresses messages as RFC 7692 §7.2.2 says, piece by piece and into as much output as it is given: memory follows what the caller
/// allows, not what the peer claims. Used by one thread at a time.
/// </summary>
/// <param name="windowBits">
/// The largest window that the peer compresses with. A reference that reaches further, which §7.1.2.2 forbids, is refused only when what
/// it refers to came in another piece: zlib looks that far in its own window, but anywhere in the output of the same call.
/// </param>
/// <param name="keepsHistory">Whether a message may refer to the ones before: context takeover (§7.1.1).</param>
internal sealed class MessageInflater(int windowBits, bool keepsHistory) : IDisposable
{
    // A stream's end costs the peer two bytes and us the refill of a window: 1,024 full ones take 2 ms, what a message of 2 KB that is
    // a bomb takes as well.
    private const int MaxRefilledBytes = 32 * 1024 * 1024;

    // Beside its window. Measured with zlib-ng of .NET 10, 500 of them: 13, 17 and 42 KB with windows of 9, 12 and 15 bits.
    private const int StateBytes = 14 * 1024;

    // §7.2.2 1, and behind it a byte that must be left over when the message was whole.
    private static readonly byte[] TailAndSentinel = [0x00, 0x00, 0xFF, 0xFF, 0x00];

    private readonly InflateHandle _zlib = new(windowBits);
    private readonly InflateHistory? _history = keepsHistory ? new(1 << windowBits) : null;
    private bool _isStreamEnded; // a block with BFINAL has ended the deflate stream, not the message
    private int _refilled; // bytes, for the current message

    /// <summary>Compressed bytes of the current message so far.</summary>
    private int Received { get; set; }

    /// <summary>Memory of one, in bytes: zlib's state, its window, and the history.</summary>
    public static int SizeOf(int windowBits, bool keepsHistory) => StateBytes + ((keepsHistory ? 2 : 1) << windowBits);

    /// <summary>Decompresses a piece of the current message.</summary>
    /// <param name="input">Advanced past what was consumed.</param>
    /// <param name="message">What the message's earlier pieces have become.</param>
    /// <param name="output">Where it goes on.</param>
    /// <param name="written">Bytes of <paramref name="output"/> written.</param>
    public InflateStatus Inflate(
        ref ReadOnlySpan<byte> input, scoped ReadOnlySpan<byte> message, scoped Span<byte> output, out int written)
    {
        written = 0;
        while (true)
        {
            if (_isStreamEnded)
            {
                if (input.IsEmpty)
                    return InflateStatus.NeedsInput;
                BeginStream(message, output[..written]);
                if (_refilled > MaxRefilledBytes)
                    return InflateStatus.TooManyStreams;
            }

            if (written == output.Length)
                return InflateStatus.NeedsOutput;
            var available = input.Length;
            var code = _zlib.Run(ref input, output[written..], Zlib.Flush.None, out var produced);
            Received += available - input.Length;
            written += produced;
            switch (code)
            {
                case Zlib.Code.Ok when input.IsEmpty && written < output.Length:
                case Zlib.Code.BufferError:
                    return InflateStatus.NeedsInput;
                case Zlib.Code.Ok:
                    break;
                case Zlib.Code.StreamEnd:
                    _isStreamEnded = true;
                    break;
                default:
                    return InflateStatus.Invalid;
            }
        }
    }

    /// <summary>Ends the current message; false when its compressed data was cut off.</summary>
    /// <param name="message">What the message has become.</param>
    public bool TryFinish(ReadOnlySpan<byte> message)
    {
        if (Received > 0 && !_isStreamEnded && !IsAtBlockEnd())
            return false;
        Received = 0;
        _refilled = 0;
        _history?.Add(message);
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Debug.Assert(_history is null, "One that keeps its history belongs to a connection and is never used for another.");
        _zlib.Reset();
        _isStreamEnded = false;
        Received = 0;
        _refilled = 0;
    }

    public void Dispose() => _zlib.Dispose();

    /// <summary>
    /// §7.2.2 1: with the tail that the sender took off, the data ends at the end of a block; then, and only then, zlib stops between
    /// the tail and the sentinel.
    /// </summary>
    private bool IsAtBlockEnd()
    {
        Span<byte> nothing = stackalloc byte[64];
        ReadOnlySpan<byte> tail = TailAndSentinel;
        return _zlib.Run(ref tail, nothing, Zlib.Flush.Block, out var written) == Zlib.Code.Ok && written == 0 && tail.Length == 1;
    }

    /// <summary>
    /// A new stream on the same window: zlib begins one with an empty window, so it is given what stood there, in stored blocks.
    /// </summary>
    private void BeginStream(ReadOnlySpan<byte> message, ReadOnlySpan<byte> output)
    {
        _zlib.Reset();
        _isStreamEnded = false;
        var window = 1 << windowBits;
        var fromOutput = Tail(output, window);
        var fromMessage = Tail(message, window - fromOutput.Length);
        if (_history is not null)
            Refill(Tail(_history.Bytes, window - fromOutput.Length - fromMessage.Length));
        Refill(fromMessage);
        Refill(fromOutput);
    }

    private void Refill(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _refilled += bytes.Length;
        // RFC 1951 §3.2.4: BFINAL 0, BTYPE 00, then the length and its complement; a window fits.
        var length = bytes.Length;
        Feed([0, (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8)]);
        Feed(bytes);
    }

    private void Feed(ReadOnlySpan<byte> bytes)
    {
        Span<byte> discarded = stackalloc byte[2048];
        while (!bytes.IsEmpty)
        {
            var code = _zlib.Run(ref bytes, discarded, Zlib.Flush.None, out _);
            Debug.Assert(code == Zlib.Code.Ok, "A stored block is valid.");
        }
    }

    private static ReadOnlySpan<byte> Tail(ReadOnlySpan<byte> bytes, int most) => bytes.Length <= most ? bytes : bytes[^most..];
}
