using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Channels;

/// <summary>
/// What a batch of one channel's publications is for all subscribers of one encoder: its frames, and the same frames corked. An idle
/// subscriber is sent the cork as it is, so that nothing is queued or copied for it. Owned by a shard's turn.
/// </summary>
internal sealed class JoinedFrames
{
    private readonly List<OutboundFrame> _frames = [];
    private readonly List<Publication> _sources = []; // of the frames: not all of the batch, where one could not be encoded
    private readonly List<OutboundFrame> _partly = []; // what others got before they ended
    private byte[]? _cork;
    private ReadOnlyMemory<byte> _bytes;
    private bool _isCorked;
    private int _everything; // subscribers that got all frames

    public IPublicationEncoder? Encoder { get; private set; }

    public void Begin(IPublicationEncoder encoder) => Encoder = encoder;

    /// <summary>Of a publication behind the last one. To be corked afterwards.</summary>
    public void Add(Publication publication)
    {
        _frames.Add(publication.FrameFor(Encoder!));
        _sources.Add(publication);
    }

    /// <summary>Those of the first publications, which have reached everybody.</summary>
    public void Remove(ReadOnlySpan<Publication> publications)
    {
        var count = 0;
        foreach (var publication in publications)
        {
            if (count < _sources.Count && _sources[count] == publication)
                count++;
        }

        _frames.RemoveRange(0, count);
        _sources.RemoveRange(0, count);
        Cork();
    }

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
            _bytes = _frames.Count == 1 ? _frames[0].Memory : Copy(length);
    }

    /// <summary>Sends to a subscriber that nothing waits for, and queues for any other. True: queued, and to be flushed.</summary>
    public bool Deliver(Connection connection, OutboundChannel channel)
    {
        if (_isCorked && connection.TrySendNow(_bytes.Span, _frames.Count))
        {
            _everything++;
            return false;
        }

        for (var queued = 0; queued < _frames.Count; queued++)
        {
            var result = connection.Enqueue(_frames[queued], channel, _sources[queued]);
            if (result != EnqueueResult.Queued)
                return DeliverPartly(connection, channel, queued, result);
        }

        _everything++;
        return _frames.Count > 0;
    }

    /// <summary>The first so many were queued, the next was not.</summary>
    private bool DeliverPartly(Connection connection, OutboundChannel channel, int queued, EnqueueResult result)
    {
        var before = _partly.Count;
        _partly.AddRange(_frames.GetRange(0, queued));
        for (var next = queued + 1; result != EnqueueResult.Closed && next < _frames.Count; next++)
        {
            result = connection.Enqueue(_frames[next], channel, _sources[next]);
            if (result == EnqueueResult.Queued)
                _partly.Add(_frames[next]);
        }

        return _partly.Count > before;
    }

    /// <summary>Counts what was delivered since the last report.</summary>
    public void Report(Action<IPublicationEncoder, OutboundFrame, int> count)
    {
        if (_everything > 0)
        {
            foreach (var frame in _frames)
                count(Encoder!, frame, _everything);
        }

        foreach (var frame in _partly)
            count(Encoder!, frame, 1);
        _partly.Clear();
        _everything = 0;
    }

    /// <summary>Forgets the batch.</summary>
    public void Clear()
    {
        Encoder = null;
        _frames.Clear();
        _sources.Clear();
        _partly.Clear();
        _everything = 0;
        _bytes = default;
    }

    private ReadOnlyMemory<byte> Copy(int length)
    {
        _cork ??= GC.AllocateUninitializedArray<byte>(ThreadBlock.CorkBytes);
        var at = 0;
        foreach (var frame in _frames)
        {
            frame.Bytes.CopyTo(_cork.AsSpan(at));
            at += frame.Length;
        }

        return _cork.AsMemory(0, length);
    }
}
