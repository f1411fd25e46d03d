using System.Net;
using System.Net.Sockets;

namespace Gateway.Load.Server;

/// <summary>For a program that must be told its port: one that was free a moment ago must do.</summary>
internal static class FreeEndPoint
{
    public static IPEndPoint On(IPAddress address)
    {
        using var probe = new TcpListener(address, 0);
        probe.Start();
        return (IPEndPoint)probe.LocalEndpoint;
    }
}
