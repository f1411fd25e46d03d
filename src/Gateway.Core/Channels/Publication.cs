using System.Runtime.CompilerServices;
using Gateway.Core.Framing;

namespace Gateway.Core.Channels;

/// <summary>A message for a channel's subscribers on this node, shared by its shards, which encode it once per encoder.</summary>
internal sealed class Publication(ChannelName channel, byte[] payload, long receivedAt)
{
    /// <summary>Encoders a node can have: protocols × encodings × compression.</summary>
    public const int MaxEncoders = 8;

    private Frames _frames;
    private PayloadKind _kind;

    public ChannelName Channel { get; } = channel;

    /// <summary>As it was published.</summary>
    public byte[] Payload { get; } = payload;

    /// <summary>Timestamp of the node's clock (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long ReceivedAt { get; } = receivedAt;

    /// <summary>What the payload is. Known after the first encoding; called under its lock only.</summary>
    public PayloadKind Kind => _kind == PayloadKind.Unknown ? _kind = PayloadKinds.Of(Payload) : _kind;

    /// <summary>The frame that an encoder makes of this publication; made once, whichever shard asks first.</summary>
    public OutboundFrame FrameFor(IPublicationEncoder encoder)
    {
        ref var frame = ref _frames[encoder.Slot];
        if (Volatile.Read(ref frame) is { } encoded)
            return OutboundFrame.Of(encoded);
        lock (this)
            return OutboundFrame.Of(frame ??= encoder.Encode(this).Bytes);
    }

    [InlineArray(MaxEncoders)]
    private struct Frames
    {
        private byte[]? _first;
    }
}
