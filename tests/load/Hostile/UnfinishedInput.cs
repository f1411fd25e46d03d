using System.Buffers.Binary;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Hostile;

/// <summary>What a server has to keep since its end does not come. Each is as large as the default limits let it be.</summary>
internal static class UnfinishedInput
{
    private const int HeaderBytes = 7000; // of a line; 8 KiB are allowed
    private const int RequestBytes = 32_700; // 32 KiB are allowed
    private const int ProxyBytes = 4080; // of a PROXY header, 4,096 with what stands in front
    private const int FragmentBytes = 4096;

    /// <summary>A request whose last header line does not end.</summary>
    public static byte[] Request { get; } = MakeRequest();

    /// <summary>A PROXY header of version 2 that lacks its last byte.</summary>
    public static byte[] ProxyHeader { get; } = MakeProxyHeader();

    /// <summary>A message in one frame that lacks its last byte.</summary>
    public static byte[] Message(int length) => HostileFrame.Of(Opcode.Text, fin: true, Letters(length))[..^1];

    /// <summary>A message in frames of 4 KiB that lacks a byte, and the frame that says it is over.</summary>
    public static byte[] Fragments(int length)
    {
        var bytes = new MemoryStream();
        for (var left = length - 1; left > 0; left -= FragmentBytes)
            bytes.Write(HostileFrame.Of(left == length - 1 ? Opcode.Text : Opcode.Continuation, fin: false, Letters(Math.Min(FragmentBytes, left))));
        return bytes.ToArray();
    }

    /// <summary>A request that subscribes to so many channels, with names as short as they can be.</summary>
    /// <param name="channels">How many.</param>
    /// <param name="prefix">In front of each name: with one of its own, a client has channels of its own.</param>
    public static byte[] Subscriptions(int channels, string prefix = "") =>
        UpgradeExchange.Request("/plain/" + string.Join(',', Enumerable.Range(0, channels).Select(channel => $"{prefix}{channel:x}")));

    private static byte[] MakeRequest()
    {
        var text = new StringBuilder("GET / HTTP/1.1\r\nHost: localhost\r\n");
        for (var line = 0; text.Length < RequestBytes; line++)
            text.Append($"X-{line}: ").Append('a', HeaderBytes).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.ToString(0, RequestBytes));
    }

    private static byte[] MakeProxyHeader()
    {
        var header = new byte[16 + ProxyBytes];
        "\r\n\r\n\0\r\nQUIT\n"u8.CopyTo(header);
        (header[12], header[13]) = (0x21, 0x11); // PROXY, TCP over IPv4
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), ProxyBytes);
        return header[..^1];
    }

    private static byte[] Letters(int length)
    {
        var letters = new byte[length];
        letters.AsSpan().Fill((byte)'a');
        return letters;
    }
}
