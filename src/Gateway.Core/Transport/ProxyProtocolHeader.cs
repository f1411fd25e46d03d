using System.Net;

namespace Gateway.Core.Transport;

/// <summary>
/// What a proxy says in front of a stream: whose it is (haproxy's proxy-protocol.txt, versions 1 and 2). Addresses are null where it has
/// none to tell, as for its own health checks; the socket's count then.
/// </summary>
/// <param name="Source">The client.</param>
/// <param name="Destination">Where the client connected to.</param>
internal readonly record struct ProxyProtocolHeader(IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>Reads a header of either version, which their first byte tells apart. The verdict does not depend on how the bytes are cut.</summary>
    /// <param name="input">All that came since the stream's begin.</param>
    /// <param name="header">What it says.</param>
    /// <param name="consumed">The header's size; what stands behind it is the stream.</param>
    /// <param name="fault">When false is returned: none, and more is needed; or the reason to refuse.</param>
    public static bool TryRead(ReadOnlySpan<byte> input, out ProxyProtocolHeader header, out int consumed, out ProxyProtocolFault fault)
    {
        if (input.IsEmpty || IsBegin(input, ProxyProtocolV2.Signature))
            return ProxyProtocolV2.TryRead(input, out header, out consumed, out fault);
        if (IsBegin(input, ProxyProtocolV1.Prefix))
            return ProxyProtocolV1.TryRead(input, out header, out consumed, out fault);
        (header, consumed, fault) = (default, 0, ProxyProtocolFault.Missing);
        return false;
    }

    private static bool IsBegin(ReadOnlySpan<byte> input, ReadOnlySpan<byte> expected) =>
        input.Length < expected.Length ? expected.StartsWith(input) : input.StartsWith(expected);
}
