using System.Net;
using Gateway.Core.Addresses;

namespace Gateway.Core.Transport;

/// <summary>
/// Version 1, §2.1 of proxy-protocol.txt: one line of text,
/// <c>PROXY TCP4|TCP6 source destination source-port destination-port CR LF</c> or <c>PROXY UNKNOWN … CR LF</c>.
/// </summary>
internal static class ProxyProtocolV1
{
    /// <summary>"So a 108-byte buffer is always enough to store all the line and a trailing zero."</summary>
    public const int MaxBytes = 107;

    public static ReadOnlySpan<byte> Prefix => "PROXY "u8;

    public static bool TryRead(ReadOnlySpan<byte> input, out ProxyProtocolHeader header, out int consumed, out ProxyProtocolFault fault)
    {
        header = default;
        consumed = 0;
        // Where the CR may stand: the LF is one of the 107.
        var line = input[..Math.Min(input.Length, MaxBytes - 1)];
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            fault = line.Length == MaxBytes - 1 ? ProxyProtocolFault.TooLong : ProxyProtocolFault.None;
            return false;
        }

        var isCut = end + 1 == input.Length && input[end] == '\r';
        fault = isCut ? ProxyProtocolFault.None : ProxyProtocolFault.Malformed;
        if (isCut || !input[end..].StartsWith("\r\n"u8) || !TryParse(line[Prefix.Length..end], out header))
            return false;
        fault = ProxyProtocolFault.None;
        consumed = end + 2;
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> line, out ProxyProtocolHeader header)
    {
        header = default;
        var family = TakeWord(ref line, out var isLast);
        // "The receiver must ignore anything presented before the CRLF is found."
        if (family.SequenceEqual("UNKNOWN"u8))
            return true;
        var isV4 = family.SequenceEqual("TCP4"u8);
        if (isLast || (!isV4 && !family.SequenceEqual("TCP6"u8)))
            return false;

        var source = TakeWord(ref line, out _);
        var destination = TakeWord(ref line, out _);
        var sourcePort = TakeWord(ref line, out isLast);
        if (isLast || !TryParse(source, sourcePort, isV4, out var from) || !TryParse(destination, line, isV4, out var to))
            return false;
        header = new ProxyProtocolHeader(from, to);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, bool isV4, out IPEndPoint? endPoint)
    {
        endPoint = null;
        if (!(isV4 ? IpText.TryParseV4(address, out var parsed) : IpText.TryParseV6(address, out parsed)) || !IpText.TryParsePort(port, out var number))
            return false;
        endPoint = new IPEndPoint(parsed, number);
        return true;
    }

    /// <summary>Takes what precedes the next space; words are separated by exactly one.</summary>
    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> line, out bool isLast)
    {
        var space = line.IndexOf((byte)' ');
        isLast = space < 0;
        var word = isLast ? line : line[..space];
        line = isLast ? default : line[(space + 1)..];
        return word;
    }
}
