using Gateway.Core.Buffers;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Framing;

/// <summary>Makes compressed frames of frames, RFC 7692 §6.1 and §7.2.1.</summary>
internal abstract class FrameCompressor(int minimumBytes, BufferPool buffers, CompressionCounters counters)
{
    protected BufferPool Buffers => buffers;

    /// <summary>Whether a frame of this payload is compressed at all: the one byte that an empty message becomes would be one too many.</summary>
    protected bool IsWorthwhile(OutboundFrame frame) => frame.Payload.Length >= Math.Max(1, minimumBytes);

    /// <summary>The compressed frame; the frame as it is, should that be smaller and <paramref name="keepsHistory"/> not forbid it.</summary>
    protected OutboundFrame Compress(OutboundFrame frame, MessageDeflater deflater, bool keepsHistory)
    {
        var payload = frame.Payload;
        var output = buffers.Rent(MessageDeflater.MaxOutput(payload.Length));
        try
        {
            var length = deflater.Deflate(payload, output, keepsHistory);
            // What went into a history that the peer must share has to be sent as it went in.
            if (length >= payload.Length && !keepsHistory)
                return frame;
            counters.Add(payload.Length, length);
            return OutboundFrame.CreateCompressed(frame.Opcode, output.AsSpan(0, length));
        }
        finally
        {
            buffers.Return(output);
        }
    }
}

/// <summary>
/// Compresses each message by itself: a frame that it makes is right for every client that agreed to no context takeover of the server
/// and to this window or a larger one, so that a broadcast is compressed once. Any thread.
/// </summary>
internal sealed class SharedCompressor(
    int index, int minimumBytes, CountedPool<MessageDeflater> deflaters, BufferPool buffers, CompressionCounters counters)
    : FrameCompressor(minimumBytes, buffers, counters)
{
    /// <summary>How many of them a node has.</summary>
    public const int Count = 2;

    /// <summary>Which of the node's it is, from 0 on.</summary>
    public int Index { get; } = index;

    public OutboundFrame Compress(OutboundFrame frame)
    {
        if (!IsWorthwhile(frame))
            return frame;
        var deflater = deflaters.Rent();
        try
        {
            return Compress(frame, deflater, keepsHistory: false);
        }
        finally
        {
            deflaters.Return(deflater);
        }
    }
}

/// <summary>
/// Compresses the messages of one connection, each with the ones before as its history: in the order in which they are sent, and each of
/// them is sent.
/// </summary>
internal sealed class DedicatedCompressor(
    int windowBits, int level, int minimumBytes, BufferPool buffers, CompressionCounters counters)
    : FrameCompressor(minimumBytes, buffers, counters), IDisposable
{
    private MessageDeflater? _deflater; // from the first message on

    public int HeldBytes => _deflater is null ? 0 : MessageDeflater.SizeOf(windowBits);

    /// <summary>The frame as it is where the node has no room for a compressor: RFC 7692 §6 leaves it to the sender for each message.</summary>
    public OutboundFrame Compress(OutboundFrame frame) =>
        IsWorthwhile(frame) && Deflater() is { } deflater ? Compress(frame, deflater, keepsHistory: true) : frame;

    public void Dispose()
    {
        if (_deflater is null)
            return;
        _deflater.Dispose();
        Buffers.Account.LetGo(MessageDeflater.SizeOf(windowBits));
        _deflater = null;
    }

    private MessageDeflater? Deflater()
    {
        if (_deflater is null && Buffers.Account.TryHold(MessageDeflater.SizeOf(windowBits)))
            _deflater = new MessageDeflater(windowBits, level);
        return _deflater;
    }
}
