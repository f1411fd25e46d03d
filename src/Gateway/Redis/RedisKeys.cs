using System.Text;
using Gateway.Core.Channels;

namespace Gateway.Redis;

/// <summary>What a message from Redis is about.</summary>
internal enum RedisKeyKind
{
    /// <summary>None of ours.</summary>
    Unknown,

    /// <summary>A publication: <c>&lt;prefix&gt;ch:&lt;channel&gt;</c>.</summary>
    Channel,

    /// <summary>An envelope to every node: <c>&lt;prefix&gt;cmd</c>.</summary>
    Envelope,

    /// <summary>This node's message to itself: <c>&lt;prefix&gt;probe:&lt;node&gt;</c>.</summary>
    Probe,

    /// <summary>Another node's answer to this one: <c>&lt;prefix&gt;reply:&lt;node&gt;</c>.</summary>
    Reply,
}

/// <summary>The names of the gateway's channels in Redis.</summary>
internal sealed class RedisKeys(string prefix, string nodeName)
{
    private readonly byte[] _channel = Encoding.UTF8.GetBytes(prefix + "ch:");

    /// <summary>Envelopes to every node.</summary>
    public byte[] Envelopes { get; } = Encoding.UTF8.GetBytes(prefix + "cmd");

    /// <summary>The node's messages to itself.</summary>
    public byte[] Probe { get; } = Encoding.UTF8.GetBytes(prefix + "probe:" + nodeName);

    /// <summary>Other nodes' answers to this one.</summary>
    public byte[] Reply { get; } = Encoding.UTF8.GetBytes(prefix + "reply:" + nodeName);

    /// <summary>Answers to any node.</summary>
    public byte[] ReplyTo(string node) => Encoding.UTF8.GetBytes(prefix + "reply:" + node);

    /// <summary>The nodes' announcements: <c>node:&lt;name&gt;</c> and <c>nodes</c>.</summary>
    public RedisRecordKeys Announcements { get; } = new(prefix + "node:", prefix + "nodes");

    /// <summary>The revocations: <c>revocation:&lt;digest&gt;</c> and <c>revocations</c>.</summary>
    public RedisRecordKeys Revocations { get; } = new(prefix + "revocation:", prefix + "revocations");

    /// <summary>The longest name in Redis, for the receive buffer's bound.</summary>
    public int MaxBytes => Math.Max(_channel.Length + ChannelName.MaxBytes, Math.Max(Probe.Length, Reply.Length));

    /// <summary>A channel's name in Redis.</summary>
    public byte[] Channel(ChannelName channel) => [.. _channel, .. channel.Utf8];

    /// <summary>Tells the names apart; <paramref name="channel"/> is the gateway's own name for it.</summary>
    public RedisKeyKind Classify(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> channel)
    {
        if (key.StartsWith(_channel))
        {
            channel = key[_channel.Length..];
            return RedisKeyKind.Channel;
        }

        channel = default;
        if (key.SequenceEqual(Envelopes))
            return RedisKeyKind.Envelope;
        if (key.SequenceEqual(Probe))
            return RedisKeyKind.Probe;
        return key.SequenceEqual(Reply) ? RedisKeyKind.Reply : RedisKeyKind.Unknown;
    }
}

/// <summary>The names of <see cref="RedisRecords"/>.</summary>
internal sealed class RedisRecordKeys(string record, string names)
{
    /// <summary>The members, by when they expire: a sorted set of Unix times in milliseconds.</summary>
    public byte[] Names { get; } = Encoding.UTF8.GetBytes(names);

    /// <summary>A record: a string that expires.</summary>
    public byte[] RecordOf(string member) => Encoding.UTF8.GetBytes(record + member);
}
