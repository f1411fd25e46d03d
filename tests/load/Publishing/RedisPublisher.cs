using System.Net;
using System.Text;
using Gateway.Load.Client;

namespace Gateway.Load.Publishing;

/// <summary>Publishes as a backend does: <c>PUBLISH</c>, in plain RESP.</summary>
internal class RedisPublisher : Publisher
{
    private readonly byte[][] _heads;

    /// <param name="loop">Drives it.</param>
    /// <param name="redis">Where Redis listens.</param>
    /// <param name="channels">Names, as Redis sees them.</param>
    public RedisPublisher(Loop loop, IPEndPoint redis, IEnumerable<string> channels)
        : base(loop, redis) =>
        _heads = [.. channels.Select(channel => Encoding.UTF8.GetBytes($"*3\r\n$7\r\nPUBLISH\r\n${Encoding.UTF8.GetByteCount(channel)}\r\n{channel}\r\n$"))];

    public override void Publish(int channel, ReadOnlySpan<byte> payload)
    {
        Append(_heads[channel]);
        AppendNumber(payload.Length);
        Append("\r\n"u8);
        Append(payload);
        Append("\r\n"u8);
    }

    /// <summary>A line an answer: <c>:2</c> is how many received it, <c>-ERR …</c> a refusal.</summary>
    protected override int ReadAnswers(ReadOnlySpan<byte> bytes)
    {
        var done = 0;
        for (int end; (end = bytes[done..].IndexOf((byte)'\n')) >= 0; done += end + 1)
        {
            if (bytes[done] == (byte)'-')
                Refusal ??= Encoding.UTF8.GetString(bytes.Slice(done, end)).Trim();
            Answered++;
        }

        return done;
    }
}
