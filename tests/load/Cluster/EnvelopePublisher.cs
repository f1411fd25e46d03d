using System.Net;
using System.Text;
using Gateway.Load.Client;
using Gateway.Load.Publishing;

namespace Gateway.Load.Cluster;

/// <summary>Publishes to every second channel by an envelope on <c>gateway:cmd</c>, and to the others as any backend does.</summary>
internal sealed class EnvelopePublisher(Loop loop, IPEndPoint redis, string prefix, IReadOnlyList<string> channels)
    : RedisPublisher(loop, redis, channels.Select(channel => $"{prefix}ch:{channel}"))
{
    private readonly byte[] _head = Encoding.UTF8.GetBytes($"*3\r\n$7\r\nPUBLISH\r\n${prefix.Length + 3}\r\n{prefix}cmd\r\n$");
    private readonly byte[][] _envelopes = [.. channels.Select(channel => Encoding.UTF8.GetBytes($$"""{"v":1,"channels":["{{channel}}"],"data":"""))];

    public override void Publish(int channel, ReadOnlySpan<byte> payload)
    {
        if (channel % 2 == 0)
        {
            base.Publish(channel, payload);
            return;
        }

        var envelope = _envelopes[channel];
        Append(_head);
        AppendNumber(envelope.Length + payload.Length + 1);
        Append("\r\n"u8);
        Append(envelope);
        Append(payload);
        Append("}\r\n"u8);
    }
}
