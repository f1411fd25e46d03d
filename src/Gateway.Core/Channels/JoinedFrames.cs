using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Channels;

/// <summary>
/// What a batch of one channel's publications is for all subscribers of one encoder: its frames, and the same frames corked. An idle
/// subscriber is sent the cork as it is, so that nothing is queued or copied for it. Owned by a shard's drain.
/// </summary>
internal sealed class JoinedFrames
{
    private readonly List<OutboundFrame> _frames = [];
    private readonly List<OutboundFrame> _partly = []; // what others got before they ended
    private byte[]? _cork;
    private ReadOnlyMemory<byte> _bytes;
    private bool _isCorked;
    private int _everything; // subscribers that got all frames

    public IPublicationEncoder? Encoder { get; private set; }

    public void Begin(IPublicationEncoder encoder) => Encoder = encoder;

    public void Add(Publication publication) => _frames.Add(publication.FrameFor(Encoder!));

    public void Cork()
    {
        var length = 0;
        // A large frame is not copied: what a slow subscriber does not take of it at once waits as the one array that all share.
        _isCorked = _frames.Count > 0;
        foreach (var frame in _frames)
        {
            length += frame.Length;
            _isCorked &= frame.Length <= OutboundQueue.MaxCorkedFrame;
        }

        _isCorked &= length <= ThreadBlock.CorkBytes;
        if (_isCorked)
            _bytes = _frames.Count == 1 ? _frames[0].Bytes : Copy(length);
    }

    /// <summary>Sends to a subscriber that nothing waits for, and queues for any other. True: queued, and to be flushed.</summary>
    public bool Deliver(Connection connection)
    {
        if (_isCorked && connection.TrySendNow(_bytes.Span, _frames.Count))
        {
            _everything++;
            return false;
        }

        var queued = 0;
        foreach (var frame in _frames)
        {
            if (!connection.Enqueue(frame))
                break; // it is closed, or closing
            queued++;
        }

        if (queued == _frames.Count)
            _everything++;
        else
            _partly.AddRange(_frames.GetRange(0, queued));
        return queued > 0;
    }

    /// <summary>Counts what was delivered, and forgets the batch.</summary>
    public void Finish(Action<OutboundFrame, int> count)
    {
        foreach (var frame in _frames)
            count(frame, _everything);
        foreach (var frame in _partly)
            count(frame, 1);
        Encoder = null;
        _frames.Clear();
        _partly.Clear();
        _bytes = default;
        _everything = 0;
    }

    private ReadOnlyMemory<byte> Copy(int length)
    {
        _cork ??= GC.AllocateUninitializedArray<byte>(ThreadBlock.CorkBytes);
        var at = 0;
        foreach (var frame in _frames)
        {
            frame.Bytes.CopyTo(_cork, at);
            at += frame.Length;
        }

        return _cork.AsMemory(0, length);
    }
}
