using System.Net;
using System.Net.Sockets;

namespace Gateway.Core.Transport;

/// <summary>What an address to listen on means here.</summary>
public static class ListenAddress
{
    /// <summary><c>[::]</c> stands for all addresses of the machine: where the kernel has no IPv6, those are IPv4's, and all others mean themselves.</summary>
    public static IPEndPoint Of(IPEndPoint endPoint) => Of(endPoint, Socket.OSSupportsIPv6);

    internal static IPEndPoint Of(IPEndPoint endPoint, bool hasIPv6) =>
        !hasIPv6 && endPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.Any, endPoint.Port) : endPoint;
}
