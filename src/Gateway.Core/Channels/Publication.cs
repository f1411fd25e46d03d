using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Channels;

/// <summary>A message for a channel's subscribers on this node, shared by its shards, which encode it once per encoder.</summary>
internal sealed class Publication : IKeyedPublication
{
    /// <summary>Encoders a node can have: protocols × encodings × compression.</summary>
    public const int MaxEncoders = 8;

    private PublicationPool? _pool;
    private int _holders; // shards that have not delivered it
    private Frames _frames;
    private PayloadKind _kind;
    private string? _key; // given, or found; see _isKeyKnown
    private volatile bool _isKeyKnown;

    public Publication(ChannelName channel, byte[] payload, long receivedAt) => (Channel, Payload, ReceivedAt) = (channel, payload, receivedAt);

    /// <summary>One that <see cref="PublicationPool"/> uses again and again.</summary>
    public Publication() => (Channel, Payload) = (null!, []);

    public ChannelName Channel { get; private set; }

    /// <summary>As it was published.</summary>
    public byte[] Payload { get; private set; }

    /// <summary>Timestamp of the node's clock (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long ReceivedAt { get; private set; }

    /// <summary>The span of its way through this node, which ends with the last shard; null: it is not traced, as nearly always.</summary>
    public Activity? Trace { get; private set; }

    /// <summary>What the payload is. Known after the first encoding; called under its lock only.</summary>
    public PayloadKind Kind => _kind == PayloadKind.Unknown ? _kind = PayloadKinds.Of(Payload) : _kind;

    /// <summary>Whether it is UTF-8 that its publisher did not mean as bytes. What kind of text is not looked at.</summary>
    public bool IsText => _kind == PayloadKind.Unknown ? Utf8.IsValid(Payload) : _kind != PayloadKind.Binary;

    /// <summary>Before it is posted to so many shards, each of which releases it once.</summary>
    public void Begin(PublicationPool pool, ChannelName channel, byte[] payload, long receivedAt, int holders, Activity? trace, string? key, bool isBinary)
    {
        _pool = pool;
        (_key, _isKeyKnown) = (key, key is not null);
        (Channel, Payload, ReceivedAt, Trace) = (channel, payload, receivedAt, trace);
        _kind = isBinary ? PayloadKind.Binary : PayloadKind.Unknown;
        _holders = holders;
    }

    /// <summary>
    /// A shard has delivered or dropped it, and looks at it no more. The frames that wait in queues are not the publication's any longer:
    /// they belong to the collector.
    /// </summary>
    public void Release()
    {
        if (_pool is null || Interlocked.Decrement(ref _holders) != 0)
            return;
        if (Trace is { } trace)
            PublicationTracing.End(trace);
        var bytes = Payload.Length;
        (Channel, Payload, Trace, _kind, _key, _frames) = (null!, [], null, PayloadKind.Unknown, null, default);
        _pool.Return(this, bytes);
    }

    /// <summary>The frame that an encoder makes of this publication; made once, whichever shard asks first.</summary>
    public OutboundFrame FrameFor(IPublicationEncoder encoder)
    {
        ref var frame = ref _frames[encoder.Slot];
        if (Volatile.Read(ref frame) is { } encoded)
            return OutboundFrame.Of(encoded);
        lock (this)
            return OutboundFrame.Of(frame ??= encoder.Encode(this).Array);
    }

    /// <summary>Looked for once, when the first client is behind in a channel that is conflated.</summary>
    public string? KeyBy(JsonPointer? pointer)
    {
        if (_isKeyKnown)
            return _key;
        lock (this)
        {
            if (!_isKeyKnown)
            {
                _key = pointer is not null && Kind == PayloadKind.Json ? pointer.ScalarIn(Payload, PublicationKey.MaxBytes) : null;
                _isKeyKnown = true;
            }

            return _key;
        }
    }

    [InlineArray(MaxEncoders)]
    private struct Frames
    {
        private byte[]? _first;
    }
}
