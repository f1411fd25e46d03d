using System.Net;
using System.Net.Sockets;
using Gateway.Core.Options;

namespace Gateway.Core.Transport;

/// <summary>Opens the socket of an endpoint.</summary>
internal static class ListeningSocket
{
    /// <exception cref="ListenException">With a message for the operator.</exception>
    public static Socket Open(IPEndPoint endPoint, string optionName, TransportOptions options) =>
        Open(endPoint, optionName, options, Socket.OSSupportsIPv6);

    internal static Socket Open(IPEndPoint endPoint, string optionName, TransportOptions options, bool hasIPv6)
    {
        endPoint = ListenAddress.Of(endPoint, hasIPv6);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6 && !hasIPv6)
            throw Refused(endPoint, optionName, new SocketException((int)SocketError.AddressFamilyNotSupported));
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);
            SocketSettings.Apply(socket, options);
            socket.Bind(endPoint);
            socket.Listen(options.Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw Refused(endPoint, optionName, e);
        }
    }

    private static ListenException Refused(IPEndPoint endPoint, string optionName, SocketException e) =>
        new($"Cannot listen on {endPoint}: {Explain(e, optionName)}", e);

    private static string Explain(SocketException e, string option) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"the port is in use. Stop the other process, or set {option} to another port (environment: {option.Replace(":", "__", StringComparison.Ordinal)}).",
        SocketError.AccessDenied =>
            $"access denied. Ports below 1024 need the capability NET_BIND_SERVICE; set {option} to a higher port.",
        SocketError.AddressNotAvailable =>
            $"this machine has no such address. Set {option} to one it has, or to [::] for all.",
        SocketError.AddressFamilyNotSupported =>
            $"the kernel has no IPv6. Set {option} to an IPv4 address, or to 0.0.0.0 or [::] for all, with the port.",
        _ => $"{e.Message}. Set {option} to an address this machine can listen on.",
    };
}
