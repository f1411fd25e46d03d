using System.Net;
using System.Text;
using Gateway.Load.Client;

namespace Gateway.Load.Publishing;

/// <summary>Publishes by the node's own <c>POST /api/v1/publish</c>: its cost is part of the node's CPU time.</summary>
internal sealed class AdminPublisher : Publisher
{
    private static readonly byte[] Head = Encoding.ASCII.GetBytes(
        "POST /api/v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ");

    private readonly byte[][] _bodies;

    /// <param name="loop">Drives it.</param>
    /// <param name="admin">The admin endpoint.</param>
    /// <param name="channels">Names.</param>
    public AdminPublisher(Loop loop, IPEndPoint admin, IEnumerable<string> channels)
        : base(loop, admin) =>
        _bodies = [.. channels.Select(channel => Encoding.UTF8.GetBytes($"{{\"channel\":\"{channel}\",\"data\":"))];

    private static ReadOnlySpan<byte> StatusLine => "HTTP/1.1 "u8;

    public override void Publish(int channel, ReadOnlySpan<byte> payload)
    {
        var body = _bodies[channel];
        Append(Head);
        AppendNumber(body.Length + payload.Length + 1);
        Append("\r\n\r\n"u8);
        Append(body);
        Append(payload);
        Append("}"u8);
    }

    /// <summary>Looks for status lines only: none can stand in the bodies of these answers.</summary>
    protected override int ReadAnswers(ReadOnlySpan<byte> bytes)
    {
        const int statusDigits = 3;
        var done = 0;
        while (true)
        {
            var at = bytes[done..].IndexOf(StatusLine);
            if (at < 0)
                return Math.Max(done, bytes.Length - StatusLine.Length);
            var status = bytes[(done + at + StatusLine.Length)..];
            if (status.Length < statusDigits)
                return done + at;
            if (!status.StartsWith("200"u8))
            {
                Refusal ??= "HTTP " + Encoding.UTF8.GetString(status);
                Refused++;
            }

            Answered++;
            done += at + StatusLine.Length + statusDigits;
        }
    }
}
